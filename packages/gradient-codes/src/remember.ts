// The memo of a pure function: building a code again gives the same code, so it is not built again. Bounded; what was
// not asked for longest goes first.

export function remember<Value>(limit: number, build: (...key: number[]) => Value): (...key: number[]) => Value {
  const known = new Map<string, Value>()
  return (...key) => {
    const name = key.join()
    const value = known.get(name) ?? build(...key)
    known.delete(name)
    known.set(name, value)
    if (known.size > limit) known.delete(known.keys().next().value!)
    return value
  }
}
