// Must be imported before any schema is made: the content policy forbids the code that Zod would compile.

import * as z from 'zod/mini'

z.config({ jitless: true })
