// Settings that any layer of Keras may have and none may have here.

import { type Fields, fieldOf, refuse, show } from './json-fields.ts'
import { flagOf, numberOf } from './settings.ts'

export function refuseUnsupportedSettings(settings: Fields): void {
  const { place, values } = settings
  const set = (ending: string) =>
    [...values].flatMap(([key, value]) => (key.endsWith(ending) && value !== null ? [`"${key}"`] : [])).join(' and ')
  const regularizers = set('_regularizer')
  if (regularizers !== '')
    refuse(place, `its ${regularizers} cannot be followed; take it out and set the run file's "l2" instead`)
  const constraints = set('_constraint')
  if (constraints !== '') refuse(place, `its ${constraints} cannot be followed; take it out`)
  if (flagOf(settings, 'stateful', false))
    refuse(place, 'it is stateful: what one batch leaves behind is not there for whoever computes the next')
  if (flagOf(settings, 'ragged', false) || flagOf(settings, 'sparse', false))
    refuse(place, 'ragged and sparse values are not supported; all samples have one shape')
  const format = fieldOf(settings, 'data_format')
  if (format !== null && format !== 'channels_last' && format !== 'channelsLast')
    refuse(place, `its "data_format" is ${show(format)}; "channels_last" is needed`)
  if (pairOrMore(fieldOf(settings, 'dilation_rate')).some(rate => rate !== 1))
    refuse(place, `its "dilation_rate" is ${show(fieldOf(settings, 'dilation_rate'))}; 1 is supported`)
  if (numberOf(settings, 'groups', 1) !== 1)
    refuse(place, `its "groups" is ${show(fieldOf(settings, 'groups'))}; 1 is supported`)
}

const pairOrMore = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value ?? 1])
