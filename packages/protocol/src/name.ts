// What volunteers and tabs may call themselves: letters, digits, _ and -. Tables are kept by these names, so a name that
// every object has by birth (`constructor`, `__proto__`) is none: it would be found where nobody wrote it.

import * as z from 'zod/mini'
import { limits } from './limits.ts'

export const name = z.string().check(
  z.minLength(1),
  z.maxLength(limits.idCharactersMax),
  z.regex(/^[\w-]+$/),
  z.refine(text => !(text in Object.prototype)),
)
