import type { JsonObject } from '../../../lib/json.ts'
import { duplicate, type FieldError, forbidden, notSupported, required } from '../../field-error.ts'
import { dnsLabelReasons } from '../names.ts'
import { environmentErrors } from './environment.ts'
import { hookAndProbeErrors, noHooksOrProbes } from './probes.ts'
import { numberAt, objectsAt, textAt } from './reading.ts'
import { resourceErrors } from './resources.ts'
import { containerSecurityErrors } from './security.ts'
import { oneOf, portNameReasons, portNumber, refused, requiredText } from './values.ts'
import { mountErrors } from './volumes.ts'

/** What the containers of a pod share. */
export interface PodContext {
  readonly volumes: ReadonlySet<string>
  /** Seconds that a pod has for stopping. */
  readonly gracePeriod: number
}

const portErrors = (container: JsonObject, field: string): readonly FieldError[] => {
  const names = new Set<string>()
  return objectsAt(container, 'ports').flatMap((port, index) => {
    const at = `${field}[${index}]`
    const [name, protocol] = [textAt(port, 'name'), textAt(port, 'protocol')]
    const [containerPort = 0, hostPort = 0] = [numberAt(port, 'containerPort'), numberAt(port, 'hostPort')]
    const reasons = name === '' ? [] : portNameReasons(name)
    const repeated = name !== '' && names.has(name)
    if (reasons.length === 0) names.add(name)
    return [
      ...refused(`${at}.name`, name, reasons),
      ...(repeated ? [duplicate(`${at}.name`, name)] : []),
      ...(containerPort === 0 ? [required(`${at}.containerPort`)] : portNumber(`${at}.containerPort`, containerPort)),
      ...(hostPort === 0 ? [] : portNumber(`${at}.hostPort`, hostPort)),
      ...oneOf(`${at}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']),
    ]
  })
}

const commonErrors = (container: JsonObject, at: string, { volumes }: PodContext): readonly FieldError[] => [
  ...requiredText(`${at}.name`, textAt(container, 'name'), dnsLabelReasons),
  ...(textAt(container, 'image') === '' ? [required(`${at}.image`)] : []),
  ...oneOf(`${at}.terminationMessagePolicy`, textAt(container, 'terminationMessagePolicy'), [
    'File',
    'FallbackToLogsOnError',
  ]),
  ...portErrors(container, `${at}.ports`),
  ...environmentErrors(container, at),
  ...mountErrors(container, volumes, `${at}.volumeMounts`),
  ...oneOf(`${at}.imagePullPolicy`, textAt(container, 'imagePullPolicy'), ['Always', 'IfNotPresent', 'Never']),
  ...resourceErrors(container, `${at}.resources`),
  ...containerSecurityErrors(container, `${at}.securityContext`),
]

/** Faults of the containers that run for the life of a pod. */
export const containerErrors = (spec: JsonObject, field: string, context: PodContext): readonly FieldError[] => {
  const containers = objectsAt(spec, 'containers')
  if (containers.length === 0) return [required(field)]
  const names = new Set<string>()
  return containers.flatMap((container, index) => {
    const at = `${field}[${index}]`
    const name = textAt(container, 'name')
    const repeated = names.has(name)
    names.add(name)
    return [
      ...commonErrors(container, at, context),
      ...(repeated ? [duplicate(`${at}.name`, name)] : []),
      ...hookAndProbeErrors(container, at, context.gracePeriod),
      ...(container.restartPolicy === undefined
        ? []
        : [forbidden(`${at}.restartPolicy`, 'may not be set for non-init containers')]),
    ]
  })
}

/** Faults of the init containers, sidecars among them. */
export const initContainerErrors = (spec: JsonObject, field: string, context: PodContext): readonly FieldError[] => {
  const names = new Set(objectsAt(spec, 'containers').map((container) => textAt(container, 'name')))
  return objectsAt(spec, 'initContainers').flatMap((container, index) => {
    const at = `${field}[${index}]`
    const [name, restartPolicy] = [textAt(container, 'name'), textAt(container, 'restartPolicy')]
    const repeated = names.has(name)
    names.add(name)
    return [
      ...commonErrors(container, at, context),
      ...(restartPolicy === '' || restartPolicy === 'Always'
        ? []
        : [notSupported(`${at}.restartPolicy`, restartPolicy, ['Always'])]),
      ...(repeated ? [duplicate(`${at}.name`, name)] : []),
      ...(restartPolicy === 'Always'
        ? hookAndProbeErrors(container, at, context.gracePeriod)
        : noHooksOrProbes(container, at)),
    ]
  })
}
