import type { Json } from './json.ts'
import { isJsonObject } from './json-value.ts'

/** A `{{tag}}` that nothing stands for. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
}

/** What a tag stands for; undefined when nothing does. The tag comes without braces and surrounding space. */
export type ResolveTag = (tag: string) => string | undefined

/**
 * Replaces every `{{tag}}` of a text. What was put in is not read again. A tag without an end, or one that nothing stands for, throws
 * {@link TemplateError}; of several such tags the last one is named, as the published controller does.
 */
const expandText = (text: string, resolve: ResolveTag): string => {
  let unresolved: string | undefined
  const expanded = text.replace(/\{\{(.*?)(\}\}|$)/gs, (whole, tag: string, end: string) => {
    const value = end === '' ? undefined : resolve(tag.trim())
    if (value === undefined) unresolved = end === '' ? whole : `{{${tag}}}`
    return value ?? ''
  })
  if (unresolved !== undefined) throw new TemplateError(`failed to resolve ${unresolved}`)
  return expanded
}

/**
 * Replaces tags in every text of a JSON value, keys included, and nowhere else: a value can hold any character and never changes the
 * shape around it. Throws {@link TemplateError} for the last tag that does not resolve.
 */
export const expandValue = <T>(value: T, resolve: ResolveTag): T => {
  let failure: TemplateError | undefined
  const expandOrNote = (text: string): string => {
    try {
      return expandText(text, resolve)
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      failure = error
      return ''
    }
  }
  const expand = (part: Json | undefined): Json | undefined => {
    if (typeof part === 'string') return expandOrNote(part)
    if (Array.isArray(part)) return part.map((item) => expand(item) ?? null)
    if (!isJsonObject(part)) return part
    return Object.fromEntries(Object.entries(part).map(([key, member]) => [expandOrNote(key), expand(member)]))
  }
  const expanded = expand(value as Json)
  if (failure !== undefined) throw failure
  return expanded as T
}
