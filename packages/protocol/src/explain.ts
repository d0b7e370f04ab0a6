// What each field of a run file means, read from the schema, so that nobody has to keep a second list.

import { z } from 'zod'
import { type RunFile, runFileSchema } from './run-file.ts'

export interface Explanation {
  readonly field: string
  /** Undefined: absent, which is off. */
  readonly value: unknown
  readonly meaning: string
  /** Fields within the field, in the form that was chosen. */
  readonly fields: readonly Explanation[]
}

export const explainRunFile = (file: RunFile): Explanation[] => explainFields(runFileSchema, file)

function explainFields(schema: z.core.$ZodType, value: unknown): Explanation[] {
  const shape = shapeOf(schema, value)
  if (shape === null || typeof value !== 'object' || value === null) return []
  return Object.entries(shape).flatMap(([field, inner]): Explanation[] => {
    const own = (value as Record<string, unknown>)[field]
    const { description = '' } = inner as z.ZodType
    const fields = explainFields(inner, own)
    return description === '' && fields.length === 0 ? [] : [{ field, value: own, meaning: description, fields }]
  })
}

/** The fields of an object's schema; of one of several forms, those of the form that the value has. */
function shapeOf(schema: z.core.$ZodType, value: unknown): Readonly<Record<string, z.core.$ZodType>> | null {
  if (schema instanceof z.ZodObject) return schema.shape
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return shapeOf(schema.unwrap(), value)
  if (schema instanceof z.ZodPipe) return shapeOf(schema.in instanceof z.ZodTransform ? schema.out : schema.in, value)
  if (!(schema instanceof z.ZodUnion)) return null
  const fitting = schema.options.find(option => (option as z.ZodType).safeParse(value).success)
  return fitting === undefined ? null : shapeOf(fitting, value)
}
