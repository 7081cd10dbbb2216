import type { JsonObject } from '../../../lib/json.ts'
import { type FieldError, forbidden, invalid, required } from '../../field-error.ts'
import { numberAt, objectAt, objectsAt, textAt, textsAt } from './reading.ts'
import { notNegative, oneOf, portNumberOrName, refused } from './values.ts'

type Rule = (handler: JsonObject, field: string, gracePeriod: number) => readonly FieldError[]

const headerNameReasons = (name: string): readonly string[] =>
  /^[-A-Za-z0-9]+$/.test(name)
    ? []
    : [
        "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')",
      ]

/** Kinds of handler, in the order in which a second one is refused. */
const handlers: readonly (readonly [string, Rule])[] = [
  ['exec', (exec, field) => (textsAt(exec, 'command').length === 0 ? [required(`${field}.command`)] : [])],
  [
    'httpGet',
    (http, field) => [
      ...(textAt(http, 'path') === '' ? [required(`${field}.path`)] : []),
      ...portNumberOrName(`${field}.port`, http.port),
      ...oneOf(`${field}.scheme`, textAt(http, 'scheme'), ['HTTP', 'HTTPS']),
      ...objectsAt(http, 'httpHeaders').flatMap((header) =>
        refused(`${field}.httpHeaders`, textAt(header, 'name'), headerNameReasons(textAt(header, 'name'))),
      ),
    ],
  ],
  ['tcpSocket', (tcp, field) => portNumberOrName(`${field}.port`, tcp.port)],
  ['grpc', (grpc, field) => portNumberOrName(`${field}.port`, grpc.port)],
  [
    'sleep',
    (sleep, field, gracePeriod) => {
      const seconds = numberAt(sleep, 'seconds') ?? 0
      const detail = `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`
      return seconds < 0 || seconds > gracePeriod ? [invalid(field, seconds, detail)] : []
    },
  ],
]

const handlerErrors: Rule = (holder, field, gracePeriod) => {
  const set = handlers.filter(([kind]) => objectAt(holder, kind) !== undefined)
  if (set.length === 0) return [required(field, 'must specify a handler type')]
  return set.flatMap(([kind, rule], index) =>
    index === 0
      ? rule(objectAt(holder, kind) ?? {}, `${field}.${kind}`, gracePeriod)
      : [forbidden(`${field}.${kind}`, 'may not specify more than 1 handler type')],
  )
}

const counters = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold']

const probeErrors: Rule = (probe, field, gracePeriod) => {
  const ownGrace = numberAt(probe, 'terminationGracePeriodSeconds')
  return [
    ...handlerErrors(probe, field, gracePeriod),
    ...counters.flatMap((counter) => notNegative(`${field}.${counter}`, numberAt(probe, counter))),
    ...(ownGrace !== undefined && ownGrace <= 0
      ? [invalid(`${field}.terminationGracePeriodSeconds`, ownGrace, 'must be greater than 0')]
      : []),
  ]
}

const oneSuccess = (probe: JsonObject, field: string): readonly FieldError[] => {
  const threshold = numberAt(probe, 'successThreshold') ?? 1
  return threshold === 1 ? [] : [invalid(`${field}.successThreshold`, threshold, 'must be 1')]
}

const noGrace = (probe: JsonObject, field: string): readonly FieldError[] => {
  const grace = numberAt(probe, 'terminationGracePeriodSeconds')
  const detail = 'must not be set for readinessProbes'
  return grace === undefined ? [] : [invalid(`${field}.terminationGracePeriodSeconds`, grace, detail)]
}

const probes: readonly (readonly [string, (probe: JsonObject, field: string) => readonly FieldError[]])[] = [
  ['livenessProbe', oneSuccess],
  ['readinessProbe', noGrace],
  ['startupProbe', oneSuccess],
]

/** Faults of the lifecycle hooks and the probes of a container. */
export const hookAndProbeErrors: Rule = (container, field, gracePeriod) => [
  ...['postStart', 'preStop'].flatMap((hook) => {
    const handler = objectAt(objectAt(container, 'lifecycle'), hook)
    return handler === undefined ? [] : handlerErrors(handler, `${field}.lifecycle.${hook}`, gracePeriod)
  }),
  ...probes.flatMap(([name, own]) => {
    const probe = objectAt(container, name)
    if (probe === undefined) return []
    return [...probeErrors(probe, `${field}.${name}`, gracePeriod), ...own(probe, `${field}.${name}`)]
  }),
]

/** An init container that ends has neither hooks nor probes. */
export const noHooksOrProbes = (container: JsonObject, field: string): readonly FieldError[] =>
  ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']
    .filter((name) => objectAt(container, name) !== undefined)
    .map((name) => forbidden(`${field}.${name}`, 'may not be set for init containers without restartPolicy=Always'))
