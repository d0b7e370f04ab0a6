// A canvas cannot inherit colours: this reads them from the theme, again whenever the theme changes.

import { useEffect, useState } from 'react'

const names = ['ink', 'ink-soft', 'line', 'accent', 'second', 'amber', 'red', 'sheet'] as const
export type Colours = Record<(typeof names)[number], string>

function read(): Colours {
  const style = getComputedStyle(document.documentElement)
  return Object.fromEntries(names.map(name => [name, style.getPropertyValue(`--${name}`).trim()])) as Colours
}

export function useColours(): Colours {
  const [colours, setColours] = useState(read)
  useEffect(() => {
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    const again = (): void => setColours(read())
    scheme.addEventListener('change', again)
    return () => scheme.removeEventListener('change', again)
  }, [])
  return colours
}
