import { OperatorError } from '@muster/coordinator'
import { type Losses, lossProcess } from '@muster/numerics'

/** Losses that can be. @param typed the flag and its value, for the message @throws OperatorError */
export function checkedLosses(typed: string, losses: Losses): Losses {
  try {
    lossProcess(losses)
  } catch (error) {
    if (error instanceof RangeError) throw new OperatorError(`${typed}: ${error.message}.`)
    throw error
  }
  return losses
}
