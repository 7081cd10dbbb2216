import { invalid, required } from '../../../api/field-error.ts'
import type { JsonObject } from '../../../lib/json.ts'
import { isJsonObject, listOr, objectOr, stringOr } from '../../../lib/json-value.ts'
import type { Draft, StoredObject } from '../objects/stored-object.ts'
import type { Strategy } from '../objects/strategy.ts'
import type { InvalidField } from '../status-error.ts'
import { changeItems, openMember, setDefaults } from './defaults.ts'

/** A stable address of 10.96.0.0/16 for a Service: the same uid gives the same address, so histories repeat. */
const addressFor = (uid: string): string => {
  const number = Number.parseInt(uid.slice(0, 8), 16)
  return `10.96.${(number >>> 8) & 0xff}.${1 + (number % 254)}`
}

const isClusterInternal = (spec: JsonObject): boolean => spec.type !== 'ExternalName'

const applyDefaults = (draft: Draft): void => {
  const spec = openMember(draft, 'spec')
  setDefaults(spec, { sessionAffinity: 'None', type: 'ClusterIP' })
  changeItems(spec, 'ports', (port) => setDefaults(port, { protocol: 'TCP', targetPort: port.port ?? 0 }))
  if (isClusterInternal(spec)) {
    setDefaults(spec, { clusterIP: addressFor(draft.metadata.uid), internalTrafficPolicy: 'Cluster' })
    setDefaults(spec, { clusterIPs: [spec.clusterIP ?? 'None'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' })
  }
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') {
    setDefaults(spec, { externalTrafficPolicy: 'Cluster' })
    if (spec.type === 'LoadBalancer') setDefaults(spec, { allocateLoadBalancerNodePorts: true })
    const first = 30_000 + (Number.parseInt(draft.metadata.uid.slice(0, 4), 16) % 2_000)
    listOr(spec.ports).forEach((port, index) => {
      if (isJsonObject(port)) setDefaults(port, { nodePort: first + index })
    })
  }
  setDefaults(openMember(draft, 'status'), { loadBalancer: {} })
}

const portErrors = (spec: JsonObject): readonly InvalidField[] => {
  const ports = listOr(spec.ports).filter(isJsonObject)
  if (ports.length === 0 && isClusterInternal(spec) && spec.clusterIP !== 'None') return [required('spec.ports')]
  return ports.flatMap(({ port, name }, index): readonly InvalidField[] => {
    const field = `spec.ports[${index}]`
    const errors: InvalidField[] = []
    if (ports.length > 1 && (stringOr(name) ?? '') === '') errors.push(required(`${field}.name`))
    if (typeof port !== 'number' || port < 1 || port > 65_535) {
      errors.push(invalid(`${field}.port`, port ?? 0, 'must be between 1 and 65535, inclusive'))
    }
    return errors
  })
}

const addressErrors = (spec: JsonObject, before: JsonObject): readonly InvalidField[] => {
  const changed = spec.clusterIP !== before.clusterIP && isClusterInternal(before) && isClusterInternal(spec)
  if (!changed) return []
  const address = Array.isArray(spec.clusterIPs) ? spec.clusterIPs : []
  return [invalid('spec.clusterIPs[0]', address, 'may not change once set')]
}

const validate = (draft: Draft, before: StoredObject | undefined): readonly InvalidField[] => {
  const spec = objectOr(draft.spec)
  return [...portErrors(spec), ...(before === undefined ? [] : addressErrors(spec, objectOr(before.spec)))]
}

/** Services. An update that leaves the address out keeps it, since the address follows from the uid. */
export const serviceStrategy: Strategy = { applyDefaults, validate }
