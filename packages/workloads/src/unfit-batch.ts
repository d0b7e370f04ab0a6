// Refuses a batch that is none of the model's, before a device fails on it or, worse, does not.

import type { Network } from './network/plan.ts'
import type { Batch } from './samples.ts'

/** @throws RangeError that names what does not fit: counts, a label, a token. */
export function refuseUnfitBatch(
  { size, inputs, labels }: Batch,
  { inputSize, targets, classes, tokens }: Network,
): void {
  if (inputs.length !== size * inputSize || labels.length !== size * targets)
    throw new RangeError(
      `a batch of ${size} needs ${size * inputSize} inputs and ${size * targets} labels, ` +
        `not ${inputs.length} and ${labels.length}`,
    )
  const strange = labels.find(label => label >= classes)
  if (strange !== undefined) throw new RangeError(`label ${strange} where there are ${classes} classes`)
  const unknown = tokens === null ? undefined : inputs.find(token => !(token >= 0 && token < tokens))
  if (unknown !== undefined) throw new RangeError(`token ${unknown} where there are ${tokens}`)
}
