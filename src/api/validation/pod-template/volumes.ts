import type { JsonObject } from '../../../lib/json.ts'
import { duplicate, type FieldError, forbidden, invalid, required } from '../../field-error.ts'
import { dnsLabelReasons } from '../names.ts'
import { fieldRefErrors } from './environment.ts'
import { numberAt, objectAt, objectsAt, textAt } from './reading.ts'
import { descendingPath, noBacksteps, oneOf, requiredText } from './values.ts'

type Rule = (source: JsonObject, field: string) => readonly FieldError[]

const needs =
  (...names: readonly string[]): Rule =>
  (source, field) =>
    names.flatMap((name) => requiredText(`${field}.${name}`, textAt(source, name)))

const hostPathTypes = [
  ...['', 'DirectoryOrCreate', 'Directory', 'FileOrCreate', 'File', 'Socket', 'CharDevice', 'BlockDevice'],
]

const hostPath: Rule = (source, field) => {
  const path = textAt(source, 'path')
  if (path === '') return [required(`${field}.path`)]
  return [...noBacksteps(`${field}.path`, path), ...oneOf(`${field}.type`, textAt(source, 'type'), hostPathTypes)]
}

const modeErrors = (value: number | undefined, field: string): readonly FieldError[] =>
  value === undefined || (value >= 0 && value <= 0o777)
    ? []
    : [invalid(field, value, 'must be a number between 0 and 0777 (octal), both inclusive')]

const keyToPath = (item: JsonObject, field: string): readonly FieldError[] => [
  ...requiredText(`${field}.key`, textAt(item, 'key')),
  ...(textAt(item, 'path') === ''
    ? [required(`${field}.path`)]
    : descendingPath(`${field}.path`, textAt(item, 'path'))),
  ...modeErrors(numberAt(item, 'mode'), `${field}.mode`),
]

const files =
  (nameKey: string): Rule =>
  (source, field) => [
    ...requiredText(`${field}.${nameKey}`, textAt(source, nameKey)),
    ...modeErrors(numberAt(source, 'defaultMode'), `${field}.defaultMode`),
    ...objectsAt(source, 'items').flatMap((item, index) => keyToPath(item, `${field}.items[${index}]`)),
  ]

const downwardFields = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
]

const downwardApi: Rule = (source, field) => [
  ...modeErrors(numberAt(source, 'defaultMode'), `${field}.defaultMode`),
  ...objectsAt(source, 'items').flatMap((item, index) => {
    const at = `${field}.items[${index}]`
    const ref = objectAt(item, 'fieldRef')
    return [
      ...(textAt(item, 'path') === '' ? [required(`${at}.path`)] : descendingPath(`${at}.path`, textAt(item, 'path'))),
      ...(ref === undefined ? [] : fieldRefErrors(ref, `${at}.fieldRef`, downwardFields)),
    ]
  }),
]

/** Volume types with rules of their own, in the order in which a second one is refused. */
const rules: Readonly<Record<string, Rule>> = {
  emptyDir: () => [],
  hostPath,
  gitRepo: needs('repository'),
  gcePersistentDisk: needs('pdName'),
  awsElasticBlockStore: needs('volumeID'),
  secret: files('secretName'),
  nfs: needs('server', 'path'),
  iscsi: needs('targetPortal', 'iqn'),
  glusterfs: needs('endpoints', 'path'),
  flocker: () => [],
  persistentVolumeClaim: needs('claimName'),
  rbd: needs('image'),
  cinder: needs('volumeID'),
  cephfs: () => [],
  quobyte: needs('registry', 'volume'),
  downwardAPI: downwardApi,
  fc: () => [],
  flexVolume: needs('driver'),
  configMap: files('name'),
  azureFile: needs('secretName', 'shareName'),
  vsphereVolume: needs('volumePath'),
  photonPersistentDisk: needs('pdID'),
  portworxVolume: needs('volumeID'),
  azureDisk: needs('diskName', 'diskURI'),
  storageos: needs('volumeName'),
  projected: (source, field) => modeErrors(numberAt(source, 'defaultMode'), `${field}.defaultMode`),
  scaleIO: needs('gateway', 'system', 'volumeName'),
  csi: needs('driver'),
  ephemeral: (source, field) =>
    objectAt(source, 'volumeClaimTemplate') === undefined ? [required(`${field}.volumeClaimTemplate`)] : [],
  image: needs('reference'),
}

const sourceErrors = (volume: JsonObject, field: string): readonly FieldError[] => {
  const set = Object.entries(rules).filter(([type]) => objectAt(volume, type) !== undefined)
  if (set.length === 0) return [required(field, 'must specify a volume type')]
  return set.flatMap(([type, rule], index) =>
    index === 0
      ? rule(objectAt(volume, type) ?? {}, `${field}.${type}`)
      : [forbidden(`${field}.${type}`, 'may not specify more than 1 volume type')],
  )
}

/** Faults of the volumes of a pod, and the names that mounts may use. */
export const volumeErrors = (
  spec: JsonObject,
  field: string,
): { readonly errors: readonly FieldError[]; readonly names: ReadonlySet<string> } => {
  const names = new Set<string>()
  const errors = objectsAt(spec, 'volumes').flatMap((volume, index) => {
    const at = `${field}[${index}]`
    const name = textAt(volume, 'name')
    const own = [
      ...sourceErrors(volume, at),
      ...requiredText(`${at}.name`, name, dnsLabelReasons),
      ...(names.has(name) ? [duplicate(`${at}.name`, name)] : []),
    ]
    if (own.length === 0) names.add(name)
    return own
  })
  return { errors, names }
}

/** Faults of the mounts of a container. */
export const mountErrors = (
  container: JsonObject,
  volumes: ReadonlySet<string>,
  field: string,
): readonly FieldError[] => {
  const paths = new Set<string>()
  return objectsAt(container, 'volumeMounts').flatMap((mount, index): readonly FieldError[] => {
    const at = `${field}[${index}]`
    const [name, path] = [textAt(mount, 'name'), textAt(mount, 'mountPath')]
    const [subPath, subPathExpr] = [textAt(mount, 'subPath'), textAt(mount, 'subPathExpr')]
    const seen = paths.has(path)
    paths.add(path)
    const both = 'subPathExpr and subPath are mutually exclusive'
    return [
      ...(name === '' ? [required(`${at}.name`)] : []),
      ...(volumes.has(name) ? [] : [{ type: 'NotFound', field: `${at}.name`, badValue: name, detail: '' } as const]),
      ...(path === '' ? [required(`${at}.mountPath`)] : []),
      ...(seen ? [invalid(`${at}.mountPath`, path, 'must be unique')] : []),
      // The API machinery names the list, not the mount, in these paths.
      ...(subPath === '' ? [] : descendingPath(`${field}.subPath`, subPath)),
      ...(subPath !== '' && subPathExpr !== '' ? [invalid(`${at}.subPathExpr`, subPathExpr, both)] : []),
      ...(subPathExpr === '' ? [] : descendingPath(`${field}.subPathExpr`, subPathExpr)),
    ]
  })
}
