// A canvas cannot inherit colours: this reads them from the theme, again whenever the theme changes.

import { useEffect, useState } from 'react'

const names = [
  ...(['ink', 'ink-soft', 'line', 'line-strong', 'accent', 'second', 'amber', 'red', 'sheet'] as const),
  // Of eight workers side by side.
  ...(['worker-1', 'worker-2', 'worker-3', 'worker-4'] as const),
  ...(['worker-5', 'worker-6', 'worker-7', 'worker-8'] as const),
] as const
export type ColourName = (typeof names)[number]
export type Colours = Record<ColourName, string>

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
