import {
  CORE_SCHEMA,
  DEFAULT_SCALAR_STYLE_RULES,
  DUMP_SCHEMA,
  defineScalarTag,
  dump,
  EVENT_ID,
  type Event,
  getScalarValue,
  intCoreTag,
  type LoadOptions,
  loadAll,
  mergeTag,
  parseEvents,
  SCALAR_STYLE,
  type ScalarStyleRule,
  YAMLException,
} from 'js-yaml'
import type { DeepReadonly, Json } from './json.ts'
import { foldYaml } from './yaml-fold.ts'

/** Text that is no YAML, or YAML that is no JSON. Its message names the place and what is wrong there. */
export class YamlError extends Error {
  override readonly name = 'YamlError'
  /** Line of the fault, counted from 1; absent when the fault has no single place. */
  readonly line: number | undefined
  /** Column of the fault, counted from 1. */
  readonly column: number | undefined
  /** The lines around the fault with a mark under it; empty when there is no place. */
  readonly snippet: string

  constructor(reason: string, place?: { line: number; column: number; snippet?: string }, cause?: unknown) {
    super(place === undefined ? reason : `line ${place.line}, column ${place.column}: ${reason}`, { cause })
    this.line = place?.line
    this.column = place?.column
    this.snippet = place?.snippet ?? ''
  }
}

/**
 * Integers as kubectl reads them: a leading zero means octal, or `defaultMode: 0644` would be another mode here than on
 * the cluster. All else is YAML 1.2, where dates stay text and `yes` is no boolean.
 */
const intTag = defineScalarTag<number>(intCoreTag.tagName, {
  ...intCoreTag,
  resolve: (source, isExplicit, tagName) =>
    /^[-+]?0[0-7]+$/.test(source) ? Number.parseInt(source, 8) : intCoreTag.resolve(source, isExplicit, tagName),
})

const options: LoadOptions = { schema: CORE_SCHEMA.withTags(intTag, mergeTag) }

/** More nodes than any manifest has, and few enough to hold: aliases can make a small text stand for a huge tree. */
const mostNodes = 1_000_000
const mostDepth = 200

/** A tree without shared parts, so that nobody changes two places at once and no alias makes a circle. */
const treeOf = (value: unknown, budget: { nodes: number }, depth = 0): Json => {
  budget.nodes -= 1
  if (budget.nodes < 0 || depth > mostDepth) {
    throw new YamlError('aliases make the document too large or endless: write the repeated parts out')
  }
  if (Array.isArray(value)) return value.map((item) => treeOf(item, budget, depth + 1))
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, treeOf(member, budget, depth + 1)]))
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new YamlError(`${value} is no JSON number: quote it`)
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return null
}

/** A value such as `{{args.host}}` without quotes, which YAML takes for a map within a map, and finds no place for. */
const unquotedTemplate = (text: string): YamlError | undefined => {
  const lines = text.split('\n')
  const line = lines.findIndex((each) => /^[^#]*[:-]\s+\{\{/.test(each))
  const content = lines[line]
  if (content === undefined) return undefined
  const place = { line: line + 1, column: content.indexOf('{{') + 1, snippet: content }
  return new YamlError('a value that begins with {{ must be quoted', place)
}

const errorOf = (exception: YAMLException, text: string): YamlError => {
  const hint = exception.reason.includes('complex keys') ? unquotedTemplate(text) : undefined
  if (hint !== undefined) return hint
  const { mark } = exception
  const place = mark && { line: mark.line + 1, column: mark.column + 1, snippet: mark.snippet ?? '' }
  return new YamlError(exception.reason, place, exception)
}

/**
 * Reads all documents of a YAML (or JSON) text; empty ones are left out. Merge keys are merged. Throws {@link YamlError}
 * for the first fault, such as a duplicated key.
 */
export const parseYamlDocuments = (text: string): Json[] => {
  try {
    const budget = { nodes: mostNodes }
    return loadAll(text, options)
      .filter((document) => document !== null && document !== undefined)
      .map((document) => treeOf(document, budget))
  } catch (error) {
    if (error instanceof YAMLException) throw errorOf(error, text)
    throw error
  }
}

/** Reads a YAML (or JSON) text that holds one document; null for an empty text. Throws {@link YamlError}. */
export const parseYaml = (text: string): Json => {
  const [document = null, second] = parseYamlDocuments(text)
  if (second !== undefined) throw new YamlError('one document was expected, but the text has several')
  return document
}

/** A place in a text, both counted from 1. */
export interface TextPlace {
  readonly line: number
  readonly column: number
}

/** What stands where in a document: the offset of a value, or of the key before it, and of all that is in it. */
interface PlacedNode {
  readonly offset: number
  readonly members: ReadonlyMap<string, PlacedNode>
}

const scalar: PlacedNode = { offset: -1, members: new Map() }

/** Reads one node, and says where the next one begins. */
const placedNode = (events: readonly Event[], at: number, text: string): { node: PlacedNode; next: number } => {
  const event = events[at]
  if (event?.type === EVENT_ID.SCALAR) return { node: { ...scalar, offset: event.valueStart }, next: at + 1 }
  if (event?.type !== EVENT_ID.MAPPING && event?.type !== EVENT_ID.SEQUENCE) return { node: scalar, next: at + 1 }
  const members = new Map<string, PlacedNode>()
  let next = at + 1
  while (events[next] !== undefined && events[next]?.type !== EVENT_ID.POP) {
    const first = events[next]
    const isMember = event.type === EVENT_ID.MAPPING
    const key = isMember && first?.type === EVENT_ID.SCALAR ? getScalarValue(text, first) : String(members.size)
    const value = placedNode(events, isMember ? placedNode(events, next, text).next : next, text)
    const offset = isMember && first?.type === EVENT_ID.SCALAR ? first.valueStart : value.node.offset
    members.set(key, { ...value.node, offset })
    next = value.next
  }
  return { node: { offset: event.start, members }, next: next + 1 }
}

const placedDocuments = (text: string): readonly PlacedNode[] => {
  const events = parseEvents(text, {})
  const documents: PlacedNode[] = []
  for (let at = 0; at < events.length; ) {
    const { node, next } = placedNode(events, at + 1, text)
    // What is empty is left out by the reader of documents too.
    if (node.offset >= 0) documents.push(node)
    at = next + 1
  }
  return documents
}

/**
 * Finds where in a text something stands: which of its documents, as {@link parseYamlDocuments} counts them, and the keys and
 * positions that lead to it. Of a path that leads nowhere, the last part that is there. What an alias repeats stands where the
 * alias is. The text must be one that could be read.
 */
export const yamlPlaces = (text: string): ((document: number, path: readonly (string | number)[]) => TextPlace) => {
  const documents = placedDocuments(text)
  return (document, path) => {
    let node = documents[document]
    for (const part of path) {
      const member = node?.members.get(String(part))
      if (member === undefined) break
      node = member
    }
    const before = text.slice(0, Math.max(0, node?.offset ?? 0)).split('\n')
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
  }
}

/** What is plain by its characters: where such a text is quoted, it is because it would be a number, a truth, a time or nothing. */
const plainCharacters = /^[\w.+~:/-]*$/

/** As Go's library: double quotes for a text that would be no text without them, single ones for signs that mean something. */
const quoteOtherTypes: ScalarStyleRule = (layout) => {
  if (layout.style !== SCALAR_STYLE.PLAIN || (layout.allowedStylesMask & (1 << SCALAR_STYLE.PLAIN)) !== 0) return
  const { value } = layout.node
  if (plainCharacters.test(value) && !/^-$|:$/.test(value)) layout.style = SCALAR_STYLE.DOUBLE_QUOTED
}

const { quoteInvalidPlain, fallbackToDoubleQuoted, ...earlierRules } = DEFAULT_SCALAR_STYLE_RULES
const scalarStyleRules = [...Object.values(earlierRules), quoteOtherTypes, quoteInvalidPlain, fallbackToDoubleQuoted]

const dumpOptions = { schema: DUMP_SCHEMA, lineWidth: -1, noRefs: true, seqNoIndent: true }

/** Writes YAML as kubectl does: keys in their order, lists at the indentation of their key, no folded or shared parts. */
export const formatYaml = (value: DeepReadonly<unknown>): string => dump(value, dumpOptions)

/** The same with Go's choice of quotes and its way to fold long lines too, for what people compare with the output of a program in Go. */
export const formatGoYaml = (value: DeepReadonly<unknown>): string =>
  foldYaml(dump(value, { ...dumpOptions, scalarStyleRules }))

/** Writes several documents, separated by `---`. */
export const formatYamlDocuments = (values: readonly DeepReadonly<unknown>[]): string =>
  values.map(formatYaml).join('---\n')
