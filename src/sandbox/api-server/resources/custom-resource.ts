import type { JsonObject } from '../../../lib/json.ts'
import { isJsonObject, listOr, objectOr, stringOr } from '../../../lib/json-value.ts'
import type { Schema } from '../schema/schema.ts'
import { objectMetaDefinition } from '../schema/schema.ts'
import type { PrinterColumn, ResourceType, ScalePaths } from './resource-type.ts'

/** Member names of a simple JSON path of a CRD: `.spec.replicas` is `['spec', 'replicas']`. */
const membersOf = (path: unknown): readonly string[] =>
  (stringOr(path) ?? '').split('.').filter((member) => member !== '')

const scaleOf = (subresources: JsonObject): ScalePaths | undefined => {
  if (!isJsonObject(subresources.scale)) return undefined
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = subresources.scale
  return {
    specReplicas: membersOf(specReplicasPath),
    statusReplicas: membersOf(statusReplicasPath),
    ...(labelSelectorPath === undefined ? {} : { selector: membersOf(labelSelectorPath) }),
  }
}

const strings = (value: unknown): readonly string[] => listOr(value).filter((item) => typeof item === 'string')

/** A CRD's schema says little or nothing about type and object metadata; the server fills them in. */
const wholeSchema = (schema: unknown): Schema => {
  const root: Schema = isJsonObject(schema)
    ? (schema as Schema)
    : { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  return {
    ...root,
    properties: {
      ...root.properties,
      apiVersion: { description: root.properties?.apiVersion?.description ?? '', type: 'string' },
      kind: { description: root.properties?.kind?.description ?? '', type: 'string' },
      metadata: { $ref: objectMetaDefinition },
    },
  }
}

const defaultColumns: readonly PrinterColumn[] = [
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
]

const columnsOf = (version: JsonObject): readonly PrinterColumn[] => {
  const columns = listOr(version.additionalPrinterColumns).filter(isJsonObject)
  return columns.length === 0 ? defaultColumns : (columns as unknown as readonly PrinterColumn[])
}

/** Name of a custom kind in OpenAPI documents: the group reversed, the version, the kind. */
const schemaNameOf = (group: string, version: string, kind: string): string =>
  [...group.split('.').reverse(), version, kind].join('.')

/** The kinds that a CustomResourceDefinition serves, one a served version. */
export const customResources = (crd: JsonObject): readonly ResourceType[] => {
  const spec = objectOr(crd.spec)
  const names = objectOr(spec.names)
  const group = stringOr(spec.group) ?? ''
  const kind = stringOr(names.kind) ?? ''
  const versions = listOr(spec.versions).filter((version) => isJsonObject(version) && version.served === true)
  return versions.filter(isJsonObject).map((version) => {
    const subresources = objectOr(version.subresources)
    const scale = scaleOf(subresources)
    const versionName = stringOr(version.name) ?? ''
    return {
      group,
      version: versionName,
      kind,
      plural: stringOr(names.plural) ?? '',
      namespaced: spec.scope === 'Namespaced',
      singular: stringOr(names.singular) ?? kind.toLowerCase(),
      shortNames: strings(names.shortNames),
      categories: strings(names.categories),
      schema: wholeSchema(objectOr(version.schema).openAPIV3Schema),
      schemaName: schemaNameOf(group, versionName, kind),
      custom: true,
      status: isJsonObject(subresources.status),
      ...(scale === undefined ? {} : { scale }),
      generation: true,
      columns: columnsOf(version),
    }
  })
}
