// Looking things up in lists that are in order.

/** Where the item with this key stands in a list ascending in its key, or -1: by bisection. */
export function sortedIndex<Item>(items: readonly Item[], key: number, keyOf: (item: Item) => number): number {
  let low = 0
  let high = items.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = keyOf(items[middle]!)
    if (found === key) return middle
    if (found < key) low = middle + 1
    else high = middle - 1
  }
  return -1
}
