import { encodeAsGo } from '../../lib/go-json.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { type FieldError, invalid } from '../field-error.ts'
import { canaryStepFields } from '../schema/canary-step-fields.ts'
import type { CanaryStep } from '../steps.ts'
import { qualifiedNameReasons } from './names.ts'

const plainPaths = new Set(['annotations', 'labels', 'name', 'namespace', 'uid'].map((name) => `metadata.${name}`))

/** Whether the downward API can read a path (k8s.io/kubernetes, `pkg/fieldpath`). */
const isDownwardPath = (path: string): boolean => {
  const subscripted = /^(.+?)\['(.*)'\]$/s.exec(path)
  if (subscripted === null) return plainPaths.has(path)
  const [, base, key = ''] = subscripted
  if (base === 'metadata.annotations') return qualifiedNameReasons(key.toLowerCase()).length === 0
  return base === 'metadata.labels' && qualifiedNameReasons(key).length === 0
}

type Arguments = NonNullable<NonNullable<DeepReadonly<CanaryStep>['analysis']>['args']>

const errorsOf = (args: Arguments, at: string): readonly FieldError[] =>
  args.flatMap(({ valueFrom }) => {
    const path = valueFrom?.fieldRef?.fieldPath
    if (!path?.startsWith('metadata') || isDownwardPath(path)) return []
    const value: unknown = JSON.parse(encodeAsGo(canaryStepFields, '[]#RunArgument', args))
    const detail = 'Analyses arguments must refer to valid object metadata supported by downwardAPI'
    return [invalid(`${at}.analyses`, value, detail)]
  })

/** Faults in the arguments that a step gives to analyses. Paths outside `metadata` are read from the Rollout itself. */
export const stepArgumentErrors = (step: DeepReadonly<CanaryStep>, at: string): readonly FieldError[] => [
  ...(step.experiment?.analyses ?? []).flatMap(({ args = [] }) => errorsOf(args, at)),
  ...errorsOf(step.analysis?.args ?? [], at),
]
