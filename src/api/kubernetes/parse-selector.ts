import type { LabelSelector } from './label-selector.ts'

/** Text that is no label selector. The message names the part and what was expected. */
export class SelectorSyntaxError extends Error {
  override readonly name = 'SelectorSyntaxError'
}

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number]

/** `key in (a, b)`, `key notin (a)`. */
const setRequirement = /^([^\s!=(),]+)\s+(in|notin)\s*\(([^)]*)\)$/
/** `key=value`, `key==value`, `key!=value`. */
const equalityRequirement = /^([^\s!=(),]+)\s*(==|=|!=)\s*([^\s!=(),]*)$/
/** `key`, `!key`. */
const existenceRequirement = /^(!?)\s*([^\s!=(),]+)$/

const requirementOf = (text: string): Requirement => {
  const [, setKey, set, list = ''] = setRequirement.exec(text) ?? []
  if (setKey !== undefined) {
    const values = list.split(',').map((value) => value.trim())
    return { key: setKey, operator: set === 'in' ? 'In' : 'NotIn', values }
  }
  const [, key, operator, value = ''] = equalityRequirement.exec(text) ?? []
  if (key !== undefined) return { key, operator: operator === '!=' ? 'NotIn' : 'In', values: [value] }
  const [, not, present] = existenceRequirement.exec(text) ?? []
  if (present !== undefined) return { key: present, operator: not === '' ? 'Exists' : 'DoesNotExist' }
  throw new SelectorSyntaxError(`"${text}" is no requirement; expected for example app=shop, tier in (a,b) or !canary`)
}

/**
 * Reads a selector as `kubectl -l` takes it (Kubernetes documentation, "Labels and Selectors"): requirements separated by
 * commas. An empty text selects everything. Throws {@link SelectorSyntaxError}.
 */
export const parseSelector = (text: string): LabelSelector => {
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim())
  return { matchExpressions: parts.filter((part) => part !== '').map(requirementOf) }
}
