/** A path that does not parse, or a value that is not where the path says. Messages are those of the Kubernetes JSONPath dialect. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError'
}

/** A slice `[start:end:step]`. A single index is a slice of one whose end was derived from its start. */
export interface Slice {
  readonly start: number | undefined
  readonly end: number | undefined
  readonly endDerived: boolean
  readonly step: number | undefined
}

/** One step of a path; a list is walked from left to right, each step on what the one before it found. */
export type PathNode =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'integer' | 'float'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'identifier'; readonly name: string }
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'wildcard' }
  | { readonly type: 'recursive' }
  | { readonly type: 'slice'; readonly slice: Slice }
  | { readonly type: 'union'; readonly branches: readonly PathList[] }
  | { readonly type: 'filter'; readonly left: PathList; readonly operator: string; readonly right: PathList }
  | { readonly type: 'list'; readonly nodes: PathList }

/** Steps in order. */
export type PathList = readonly PathNode[]

/** A parsed template: literal text and actions in braces, in order. */
export interface JsonPath {
  readonly source: string
  readonly blocks: PathList
}
