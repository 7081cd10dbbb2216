import type { JsonObject } from '../../../lib/json.ts'
import { listOr, objectOr, stringOr } from '../../../lib/json-value.ts'
import type { ReadonlyObject } from '../../api-server/objects/stored-object.ts'
import type { Column } from './column.ts'

const spec = (object: ReadonlyObject) => objectOr(object.spec)

const orNone = (text: string): string => (text === '' ? '<none>' : text)

const servicePort = ({ port, nodePort, protocol }: JsonObject): string =>
  nodePort === undefined ? `${port}/${protocol ?? 'TCP'}` : `${port}:${nodePort}/${protocol ?? 'TCP'}`

const labels = (value: unknown): string =>
  orNone(
    Object.entries(objectOr(value))
      .map(([key, one]) => `${key}=${one}`)
      .sort()
      .join(','),
  )

const externalAddress = (object: ReadonlyObject): string => {
  const { type, externalName, externalIPs } = spec(object)
  if (type === 'ExternalName') return stringOr(externalName) ?? ''
  const ingress = listOr(objectOr(objectOr(object.status).loadBalancer).ingress).map(objectOr)
  const balanced = ingress.map(({ ip, hostname }) => stringOr(ip) ?? stringOr(hostname) ?? '')
  const all = [...balanced, ...listOr(externalIPs)].join(',')
  return all === '' && type === 'LoadBalancer' ? '<pending>' : orNone(all)
}

const hosts = (object: ReadonlyObject): string => {
  const names = listOr(spec(object).rules).map((rule) => stringOr(objectOr(rule).host) ?? '*')
  return names.length === 0 ? '*' : [...new Set(names)].join(',')
}

const ingressAddress = (object: ReadonlyObject): string =>
  listOr(objectOr(objectOr(object.status).loadBalancer).ingress)
    .map((one) => stringOr(objectOr(one).ip) ?? stringOr(objectOr(one).hostname) ?? '')
    .join(',')

/** Long lists of endpoints end with how many more there are. */
const shortened = (items: readonly string[]): string => {
  if (items.length === 0) return '<unset>'
  return items.length <= 3 ? items.join(',') : `${items.slice(0, 3).join(',')} + ${items.length - 3} more...`
}

const subsetAddresses = (object: ReadonlyObject): string => {
  const addresses = listOr(object.subsets).flatMap((subset) =>
    listOr(objectOr(subset).addresses).flatMap((address) =>
      listOr(objectOr(subset).ports).map((port) => `${objectOr(address).ip}:${objectOr(port).port}`),
    ),
  )
  return addresses.length === 0 ? '<none>' : shortened(addresses)
}

/** Columns of Services, Ingresses and endpoints. */
export const networkColumns = (name: Column, age: Column): Readonly<Record<string, readonly Column[]>> => ({
  services: [
    name,
    { name: 'Type', cell: (object) => stringOr(spec(object).type) ?? '' },
    { name: 'Cluster-IP', cell: (object) => orNone(stringOr(spec(object).clusterIP) ?? '') },
    { name: 'External-IP', cell: externalAddress },
    { name: 'Port(s)', cell: (object) => orNone(listOr(spec(object).ports).map(objectOr).map(servicePort).join(',')) },
    age,
    { name: 'Selector', priority: 1, cell: (object) => labels(spec(object).selector) },
  ],
  endpoints: [name, { name: 'Endpoints', cell: subsetAddresses }, age],
  'endpointslices.discovery.k8s.io': [
    name,
    { name: 'AddressType', cell: (object) => stringOr(object.addressType) ?? '' },
    { name: 'Ports', cell: (object) => shortened(listOr(object.ports).map((port) => String(objectOr(port).port))) },
    {
      name: 'Endpoints',
      cell: (object) =>
        shortened(listOr(object.endpoints).flatMap((endpoint) => listOr(objectOr(endpoint).addresses).map(String))),
    },
    age,
  ],
  'ingresses.networking.k8s.io': [
    name,
    { name: 'Class', cell: (object) => orNone(stringOr(spec(object).ingressClassName) ?? '') },
    { name: 'Hosts', cell: hosts },
    { name: 'Address', cell: ingressAddress },
    { name: 'Ports', cell: (object) => (spec(object).tls === undefined ? '80' : '80, 443') },
    age,
  ],
  'ingressclasses.networking.k8s.io': [
    name,
    { name: 'Controller', cell: (object) => stringOr(spec(object).controller) ?? '' },
    { name: 'Parameters', cell: () => '<none>' },
    age,
  ],
  'networkpolicies.networking.k8s.io': [
    name,
    { name: 'Pod-Selector', cell: (object) => labels(objectOr(spec(object).podSelector).matchLabels) },
    age,
  ],
})
