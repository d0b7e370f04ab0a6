// How wide an element is on the page, now and whenever that changes: what is drawn in pixels must know.

import { type RefObject, useLayoutEffect, useState } from 'react'

export function useWidth(box: RefObject<HTMLElement | null>, first: number): number {
  const [width, setWidth] = useState(first)
  useLayoutEffect(() => {
    if (box.current === null) return
    const watch = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width))
    watch.observe(box.current)
    return () => watch.disconnect()
  }, [box])
  return width
}
