import { type FieldError, formatFieldErrorBody } from '../../api/field-error.ts'
import { yamlPlaces } from '../../lib/yaml.ts'
import { kindOf, type Manifest, nameOf } from '../manifests.ts'

/** What was checked when something was found; programs that read findings group them by it. */
export const lintRules = {
  'unknown-field': 'A field that its kind does not have: the server drops it without a word.',
  schema: 'A value of another type than its field has.',
  spec: 'A rule of the kind itself, as the controller checks it.',
  reference: 'An object of the same files that does not fit the Rollout that names it.',
  router: 'A routing object of the same files that does not fit the Rollout that names it.',
  analysis: 'Metrics, queries, conditions or arguments of an analysis that cannot be measured.',
} as const

/** See {@link lintRules}. */
export type LintRule = keyof typeof lintRules

/** One fault, and where it stands. */
export interface Finding {
  readonly file: string
  readonly line: number
  readonly column: number
  /** `Rollout/web`. */
  readonly object: string
  readonly rule: LintRule
  /** Path of the field; empty for the object as a whole. */
  readonly field: string
  readonly message: string
}

/** The parts of a field path: `spec.steps[0]`, `metadata.labels[app]`. */
const partsOf = (field: string): readonly string[] =>
  [...field.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(([, bracketed, plain]) => bracketed ?? plain ?? '')

/** Published messages leave out the strategy in the path of some of its fields. */
const spellingsOf = (field: string): readonly string[] => [
  field,
  ...['canary', 'blueGreen'].map((strategy) => field.replace(/^spec\.strategy\./, `spec.strategy.${strategy}.`)),
]

const depthOf = (value: unknown, parts: readonly string[]): number => {
  const [first, ...rest] = parts
  if (first === undefined || value === null || typeof value !== 'object' || !Object.hasOwn(value, first)) return 0
  return 1 + depthOf((value as Readonly<Record<string, unknown>>)[first], rest)
}

/** Of the spellings of a path, the one of which most is there. */
const written = (manifest: Manifest, field: string): readonly string[] => {
  const [first = [], ...others] = spellingsOf(field).map(partsOf)
  return others.reduce(
    (best, parts) => (depthOf(manifest.object, parts) > depthOf(manifest.object, best) ? parts : best),
    first,
  )
}

const places = new WeakMap<object, ReturnType<typeof yamlPlaces>>()

/** A text is read for places once, and only when something is found in it. */
const placeIn = (manifest: Manifest, field: string) => {
  const find = places.get(manifest) ?? yamlPlaces(manifest.text)
  places.set(manifest, find)
  return find(manifest.document, [...manifest.at, ...written(manifest, field)])
}

/** A fault of a field, with its place in the file. */
export const finding = (manifest: Manifest, rule: LintRule, field: string, message: string): Finding => ({
  file: manifest.file,
  ...placeIn(manifest, field),
  object: `${kindOf(manifest)}/${nameOf(manifest)}`,
  rule,
  field,
  message,
})

/** Faults in Kubernetes' words, with their places. */
export const findings = (manifest: Manifest, rule: LintRule, errors: readonly FieldError[]): Finding[] =>
  errors.map((error) => finding(manifest, rule, error.field, formatFieldErrorBody(error)))
