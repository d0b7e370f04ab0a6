// A world as an operator writes it: `bimodal-slow:p=0.3,f=10`. Read against what the world says of its own parameters.

export interface ParameterDescription {
  readonly meaning: string
  readonly default: number
  readonly min: number
  readonly max: number
}

export type Values<Name extends string = string> = { readonly [name in Name]: number }

/** The name and the texts given for its parameters, none of them judged yet. */
export function splitWorld(world: string): { readonly name: string; readonly given: ReadonlyMap<string, string> } {
  const colon = world.indexOf(':')
  if (colon < 0) return { name: world.trim(), given: new Map() }
  const name = world.slice(0, colon).trim()
  const given = new Map<string, string>()
  for (const pair of world.slice(colon + 1).split(',')) {
    const equals = pair.indexOf('=')
    const key = pair.slice(0, equals).trim()
    if (equals < 0 || key === '') {
      throw new RangeError(`"world" has ${JSON.stringify(pair)}; allowed: "name:parameter=number,parameter=number".`)
    }
    if (given.has(key)) throw new RangeError(`"${name}.${key}" is given twice; allowed: once.`)
    given.set(key, pair.slice(equals + 1).trim())
  }
  return { name, given }
}

/** @throws RangeError that names the parameter, its value and what is allowed. */
export function completeParameters(
  name: string,
  given: ReadonlyMap<string, string>,
  parameters: Readonly<Record<string, ParameterDescription>>,
): Values {
  const allowed = Object.keys(parameters).map(parameter => JSON.stringify(parameter))
  for (const key of given.keys()) {
    if (!Object.hasOwn(parameters, key)) {
      throw new RangeError(`"${name}.${key}" is no parameter of ${name}; allowed: ${allowed.join(', ') || 'none'}.`)
    }
  }
  const values: Record<string, number> = {}
  for (const [key, { default: usual, min, max }] of Object.entries(parameters)) {
    const text = given.get(key)
    const value = text === undefined ? usual : readNumber(text)
    if (!(value >= min && value <= max)) {
      throw new RangeError(`"${name}.${key}" is ${JSON.stringify(text)}; allowed: a number from ${min} to ${max}.`)
    }
    values[key] = value
  }
  return values
}

/** Shares are often written as fractions: 1/3. NaN where it is no number. */
function readNumber(text: string): number {
  const [numerator = '', denominator = '1', ...rest] = text.split('/')
  if (rest.length > 0 || numerator.trim() === '' || denominator.trim() === '') return Number.NaN
  return Number(numerator) / Number(denominator)
}

/** Its own parameters always, so that a table says what was drawn from; common ones where they were given. */
export function writeWorld(
  name: string,
  given: ReadonlyMap<string, string>,
  own: Readonly<Record<string, ParameterDescription>>,
): string {
  const usual = Object.entries(own).map(([key, { default: value }]) => [key, writeNumber(value)] as const)
  const texts = [...new Map([...usual, ...given])].map(([key, text]) => `${key}=${text}`)
  return texts.length === 0 ? name : `${name}:${texts.join(',')}`
}

/** The defaults are tenths or thirds. */
const writeNumber = (value: number): string =>
  value.toString().length > 6 ? `${Math.round(3 * value)}/3` : value.toString()
