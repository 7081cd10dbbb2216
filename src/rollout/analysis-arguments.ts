import type { Argument } from '../api/analysis-template.ts'
import type { Rollout } from '../api/rollout.ts'
import type { AnalysisRunArgument } from '../api/rollout-analysis.ts'
import { quoteString } from '../lib/go-string.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { isJsonObject } from '../lib/json-value.ts'

/** An argument whose value cannot be taken from the Rollout. Messages are the published ones. */
export class RolloutArgumentError extends Error {
  override readonly name = 'RolloutArgumentError'
}

/** What arguments may take their value from. */
export interface ArgumentSources {
  readonly rollout: DeepReadonly<Rollout>
  readonly latestHash: string
  readonly stableHash: string
}

/** A whole map as the downward API writes it (Kubernetes, `pkg/fieldpath`): a line a key, sorted. */
const mapText = (map: DeepReadonly<Record<string, string>> = {}): string =>
  Object.entries(map)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${quoteString(value)}`)
    .join('\n')

const mapKey = /^metadata\.(labels|annotations)\['(.*)'\]$/

/** Fields that the downward API knows, which is how `metadata…` paths are read. */
const metadataField = (path: string, { metadata }: DeepReadonly<Rollout>): string => {
  const [, map, key] = mapKey.exec(path) ?? []
  if (key !== undefined) return metadata[map === 'labels' ? 'labels' : 'annotations']?.[key] ?? ''
  if (path === 'metadata.labels') return mapText(metadata.labels)
  if (path === 'metadata.annotations') return mapText(metadata.annotations)
  if (path === 'metadata.name') return metadata.name
  if (path === 'metadata.namespace') return metadata.namespace ?? ''
  if (path === 'metadata.uid') return metadata.uid
  throw new RolloutArgumentError(`invalid path ${path} in rollout`)
}

const member = (value: unknown, part: string, path: string): unknown => {
  const [, name = '', brackets = ''] = /^([^[]*)((?:\[[^\]]*\])*)$/.exec(part) ?? []
  const named = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
  if (named === undefined) throw new RolloutArgumentError(`invalid path ${path} in rollout`)
  return [...brackets.matchAll(/\[([^\]]*)\]/g)].reduce<unknown>(
    (list, [, index = '']) => item(list, index, path),
    named,
  )
}

const item = (list: unknown, index: string, path: string): unknown => {
  if (!/^\d+$/.test(index)) throw new RolloutArgumentError(`invalid index '${index}'`)
  if (!Array.isArray(list)) throw new RolloutArgumentError(`invalid path ${path} in rollout`)
  if (Number(index) >= list.length) throw new RolloutArgumentError(`index ${index} out of range`)
  return list[Number(index)]
}

/** A primitive of the Rollout, status included, by a path such as `status.canary.weights.canary.weight`. */
const rolloutField = (path: string, rollout: DeepReadonly<Rollout>): string => {
  if (path.startsWith('metadata')) return metadataField(path, rollout)
  const found = path.split('.').reduce<unknown>((value, part) => member(value, part, path), rollout)
  if (typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean') return String(found)
  throw new RolloutArgumentError(`path ${path} in rollout must terminate in a primitive value`)
}

const resolved = ({ value, valueFrom }: DeepReadonly<AnalysisRunArgument>, sources: ArgumentSources): string => {
  if (valueFrom?.podTemplateHashValue === 'Latest') return sources.latestHash
  if (valueFrom?.podTemplateHashValue === 'Stable') return sources.stableHash
  if (valueFrom?.fieldRef !== undefined) return rolloutField(valueFrom.fieldRef.fieldPath, sources.rollout)
  return value ?? ''
}

/** The arguments of an analysis with their values of now. Throws {@link RolloutArgumentError}. */
export const argumentsOf = (
  args: readonly DeepReadonly<AnalysisRunArgument>[],
  sources: ArgumentSources,
): readonly Argument[] => args.map((argument) => ({ name: argument.name, value: resolved(argument, sources) }))
