import * as z from 'zod'
import { excerpt } from '../../lib/excerpt.ts'
import { ServiceConfigError } from './send-error.ts'

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/**
 * Go finds the field of a key without regard to case, and the published documentation makes use of that (`priorityID`, `Type`, `apiURL`).
 * The exact spelling wins. An explicit null is as good as nothing.
 */
const foldKeys =
  (names: readonly string[]) =>
  (value: unknown): unknown => {
    if (!isRecord(value)) return value
    const byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]))
    const folded: Record<string, unknown> = {}
    for (const [key, member] of Object.entries(value)) {
      const name = byLowerCase.get(key.toLowerCase()) ?? key
      const isExact = name === key
      if (member !== null && (isExact || !(name in value))) folded[name] = member
    }
    return folded
  }

/** An object of known fields, whatever the case of their names; unknown ones are left out, as the published controller does. */
export const fields = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.preprocess(foldKeys(Object.keys(shape)), z.object(shape, { error: 'must be an object' }))

const toText = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
const textSchema = z.preprocess(toText, z.string({ error: 'must be a text' }))

/** A text that may be missing; an empty one is as good as none. Numbers and booleans count as their text. */
export const optionalText = textSchema.optional().transform((text) => text || undefined)

/** A text that is empty where it is missing. */
export const text = textSchema.optional().transform((value) => value ?? '')

/** A text that must be there. */
export const requiredText = z.preprocess(
  (value) => toText(value) || undefined,
  z.string({ error: ({ input }) => (input === undefined ? 'must be set' : 'must be a text') }),
)

const toBoolean = (value: unknown): unknown => (value === 'true' ? true : value === 'false' ? false : value)

/** A switch; off where it is missing. */
export const flag = z.preprocess(toBoolean, z.boolean({ error: 'must be true or false' }).optional().default(false))

/** A switch that may be missing. */
export const optionalFlag = z.preprocess(toBoolean, z.boolean({ error: 'must be true or false' }).optional())

const toNumber = (value: unknown): unknown => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value)

/** A whole number of at least 0, also as a text, as one from a Secret is. */
export const wholeNumber = z.preprocess(
  toNumber,
  z.int({ error: ({ input }) => (input === undefined ? 'must be set' : 'must be a whole number') }).min(0, {
    error: 'must not be below 0',
  }),
)

/** Texts by names that people choose. */
export const textMap = z.record(z.string(), textSchema, { error: 'must be a map of texts' })

/** An HTTP address. */
export const httpUrl = requiredText.refine((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''), {
  error: 'must be a URL that begins with http:// or https://',
})

/** The same where a default exists. */
export const httpUrlOr = (address: string) => z.preprocess((value) => toText(value) || address, httpUrl)

/** User and password of basic authentication. */
export const basicAuth = fields({ username: text, password: text })

const messageOf = (issues: readonly z.core.$ZodIssue[]): string =>
  issues
    .map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '))
    .slice(0, 3)
    .join('; ')

/** What a schema makes of a value. Throws {@link ServiceConfigError} that names every field that is wrong, below `where`, and no value. */
export const parseFields = <Value>(schema: z.ZodType<Value>, value: unknown, where: string): Value => {
  const read = schema.safeParse(value)
  if (read.success) return read.data
  throw new ServiceConfigError(`${where}: ${messageOf(read.error.issues)}`)
}

/** JSON that a template made. Throws {@link ServiceConfigError} that names the field and shows the text. */
export const parseJsonField = <Value>(schema: z.ZodType<Value>, json: string, where: string): Value => {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ServiceConfigError(`${where}: the rendered text is no JSON (${excerpt(reason)}): ${excerpt(json)}`)
  }
  return parseFields(schema, value, where)
}

/** A list of JSON objects, for what a service takes as it is. */
export const objectList = z.array(z.record(z.string(), z.json()), { error: 'must be a list of objects' })
