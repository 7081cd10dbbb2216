import type { Json } from '../../../lib/json.ts'
import { equalJson } from '../../../lib/json-value.ts'
import type { InvalidField } from '../status-error.ts'
import type { Schema } from './schema.ts'

/** RFC 3339, as Go's `strfmt` reads it. */
const dateTime = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})?$/

const formats: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': (text) => dateTime.test(text) && !Number.isNaN(Date.parse(text)),
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)),
}

const wrong = (field: string, badValue: Json, detail: string): InvalidField => ({
  type: 'Invalid',
  field,
  badValue,
  detail: `${field} in body ${detail}`,
})

/** The first rule that fails is the only one that is told, as the real server does. */
const stringErrors = (text: string, schema: Schema, field: string): readonly InvalidField[] => {
  const { maxLength, minLength, pattern } = schema
  const length = [...text].length
  if (maxLength !== undefined && length > maxLength) {
    return [{ type: 'TooLong', field, badValue: text, detail: `may not be more than ${maxLength} bytes` }]
  }
  if (minLength !== undefined && length < minLength) {
    return [wrong(field, text, `should be at least ${minLength} chars long`)]
  }
  if (pattern !== undefined && !new RegExp(pattern).test(text)) {
    return [wrong(field, text, `should match '${pattern}'`)]
  }
  return []
}

const numberErrors = (value: number, schema: Schema, field: string): readonly InvalidField[] => {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  const errors: InvalidField[] = []
  if (minimum !== undefined && (exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    const than = exclusiveMinimum === true ? 'greater than' : 'greater than or equal to'
    errors.push(wrong(field, value, `should be ${than} ${minimum}`))
  }
  if (maximum !== undefined && (exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    const than = exclusiveMaximum === true ? 'less than' : 'less than or equal to'
    errors.push(wrong(field, value, `should be ${than} ${maximum}`))
  }
  if (multipleOf !== undefined && value % multipleOf !== 0) {
    errors.push(wrong(field, value, `should be a multiple of ${multipleOf}`))
  }
  return errors
}

const enumErrors = (value: Json, schema: Schema, field: string): readonly InvalidField[] => {
  const allowed = schema.enum
  if (allowed === undefined || allowed.some((one) => equalJson(one, value))) return []
  const values = allowed.map((one) => JSON.stringify(one)).join(', ')
  return [{ type: 'NotSupported', field, badValue: value, detail: `supported values: ${values}` }]
}

const formatErrors = (value: Json, schema: Schema, field: string): readonly InvalidField[] => {
  const accepts = formats[schema.format ?? '']
  if (typeof value !== 'string' || accepts === undefined || accepts(value)) return []
  return [wrong(field, value, `must be of type ${schema.format}: ${JSON.stringify(value)}`)]
}

/** Checks a string, number or boolean against what its schema says besides its type. */
export const scalarErrors = (
  value: string | number | boolean,
  schema: Schema,
  field: string,
): readonly InvalidField[] => [
  ...enumErrors(value, schema, field),
  ...(typeof value === 'string' ? stringErrors(value, schema, field) : []),
  ...(typeof value === 'number' ? numberErrors(value, schema, field) : []),
  ...formatErrors(value, schema, field),
]
