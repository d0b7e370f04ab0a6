// Virtual time: a binary heap of things to happen, in order of time and then of insertion.

export interface EventQueue<Item> {
  readonly size: number
  push(at: number, item: Item): void
  pop(): { readonly at: number; readonly item: Item } | undefined
}

interface Entry<Item> {
  readonly at: number
  readonly order: number
  readonly item: Item
}

export function createEventQueue<Item>(): EventQueue<Item> {
  const heap: Entry<Item>[] = []
  let order = 0
  const isBefore = (one: Entry<Item>, other: Entry<Item>) =>
    one.at < other.at || (one.at === other.at && one.order < other.order)
  const swap = (i: number, j: number) => {
    const kept = heap[i]!
    heap[i] = heap[j]!
    heap[j] = kept
  }
  return {
    get size() {
      return heap.length
    },
    push(at, item) {
      heap.push({ at, order: order++, item })
      for (let i = heap.length - 1; i > 0; ) {
        const parent = (i - 1) >> 1
        if (!isBefore(heap[i]!, heap[parent]!)) break
        swap(i, parent)
        i = parent
      }
    },
    pop() {
      const first = heap[0]
      const last = heap.pop()
      if (first === undefined || last === undefined) return undefined
      if (heap.length > 0) {
        heap[0] = last
        for (let i = 0; ; ) {
          const left = 2 * i + 1
          if (left >= heap.length) break
          const child = left + 1 < heap.length && isBefore(heap[left + 1]!, heap[left]!) ? left + 1 : left
          if (!isBefore(heap[child]!, heap[i]!)) break
          swap(i, child)
          i = child
        }
      }
      return { at: first.at, item: first.item }
    },
  }
}
