// The flags of `data add` as a reader's options.

import { OperatorError } from '@muster/coordinator'
import { type Kind, kinds, type ReadOptions, type Size } from '@muster/datasets'

export interface AddFlags {
  readonly from?: string
  readonly kind?: string
  readonly target?: string
  readonly header?: boolean
  readonly size?: string
  readonly testShare?: string
  readonly seed?: string
  readonly data?: string
  readonly json?: boolean
}

/** @throws OperatorError */
export function checkName(name: string): void {
  if (name === 'digits') throw new OperatorError('"digits" is made on the spot; it need not be added.')
  if (!/^[\w-]+$/.test(name))
    throw new OperatorError(`"${name}" cannot name a data set; allowed: letters, digits, "-" and "_".`)
}

/** @throws OperatorError */
export function readKind(text: string | undefined): Kind | undefined {
  if (text === undefined) return undefined
  const kind = kinds.find(known => known === text)
  if (!kind) throw new OperatorError(`--kind is "${text}"; allowed: ${kinds.join(', ')}.`)
  return kind
}

/** @throws OperatorError */
export function readOptions({ target, header, size, testShare, seed }: AddFlags): ReadOptions {
  return {
    ...(target === undefined ? {} : { target }),
    ...(header === undefined ? {} : { header }),
    ...(size === undefined ? {} : { size: readSize(size) }),
    ...(testShare === undefined ? {} : { testShare: readShare(testShare) }),
    ...(seed === undefined ? {} : { seed: readSeed(seed) }),
  }
}

const largestSide = 1024

function readSize(text: string): Size {
  const [, first, second] = /^(\d+)(?:x(\d+))?$/.exec(text) ?? []
  const size = { width: Number(first), height: Number(second ?? first) }
  const isFit = Object.values(size).every(side => side >= 1 && side <= largestSide)
  if (!isFit)
    throw new OperatorError(
      `--size is "${text}"; allowed: a side or WIDTHxHEIGHT in pixels, 1 to ${largestSide}, e.g. 32 or 32x24.`,
    )
  return size
}

function readShare(text: string): number {
  const share = Number(text)
  if (!(share > 0 && share < 1))
    throw new OperatorError(`--test-share is "${text}"; allowed: a number above 0 and below 1, e.g. 0.1.`)
  return share
}

function readSeed(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new OperatorError(`--seed is "${text}"; allowed: a whole number from 0.`)
  return Number(text)
}
