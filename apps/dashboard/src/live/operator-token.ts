// The operator's token: comes in the address's fragment (which is never sent), stays for this tab, leaves the address bar.

const key = 'muster.operator-token'

export function takeOperatorToken(
  address: Pick<Location, 'hash' | 'pathname' | 'search'>,
  past: Pick<History, 'replaceState'>,
  storage: () => Pick<Storage, 'getItem' | 'setItem'>,
): string | null {
  const given = new URLSearchParams(address.hash.replace(/^#/, '')).get('token')
  try {
    if (given) storage().setItem(key, given)
  } catch {
    // Storage is blocked: the token lasts until this page is reloaded.
  }
  if (given) {
    past.replaceState(null, '', address.pathname + address.search)
    return given
  }
  try {
    return storage().getItem(key)
  } catch {
    return null
  }
}
