import { parseAnalysisTemplateManifest, parseClusterAnalysisTemplateManifest } from '../../api/analysis-template.ts'
import type { Service } from '../../api/kubernetes/service.ts'
import type { Parsed } from '../../api/parse.ts'
import type { TemplateLookup } from '../../api/validation/template-references.ts'
import type { NamedTemplate } from '../../api/validation/template-use.ts'
import type { StoredObject } from '../../kube/informer.ts'
import type { Resource } from '../../kube/resource.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import type { KnownObjects } from '../../routers/router.ts'
import { apiVersionOf, isArgoKind, kindOf, type Manifest, nameOf, namespaceOf } from '../manifests.ts'

/** Objects without a namespace of their own stand in one with all others of this kind. */
const nowhere = ''

const sameNamespace = (a: Manifest, namespace: string): boolean => (namespaceOf(a) ?? nowhere) === namespace

/** An object of a file as if a server had stored it. */
const asStored = ({ object }: Manifest): StoredObject =>
  ({
    ...object,
    metadata: {
      uid: '',
      resourceVersion: '',
      creationTimestamp: '',
      namespace: nowhere,
      ...(object.metadata as JsonObject),
    },
  }) as unknown as StoredObject

const isOf = (manifest: Manifest, { group, kind }: Resource): boolean => {
  const [first = '', version] = apiVersionOf(manifest).split('/')
  return kindOf(manifest) === kind && (version === undefined ? '' : first) === group
}

/** The Services of files in the namespace of an object, by name. */
export const servicesBeside = (
  manifest: Manifest,
  all: readonly Manifest[],
): ReadonlyMap<string, DeepReadonly<Service>> =>
  new Map(
    all
      .filter((one) => kindOf(one) === 'Service' && apiVersionOf(one) === 'v1')
      .filter((one) => sameNamespace(one, namespaceOf(manifest) ?? nowhere))
      .map((one) => [nameOf(one), { spec: {}, ...asStored(one) } as unknown as DeepReadonly<Service>]),
  )

/** The templates of files as a Rollout in one of them finds them. One that does not parse is reported by itself, and is none here. */
export const templatesBeside = (manifest: Manifest, all: readonly Manifest[]): TemplateLookup<NamedTemplate> => {
  const namespace = namespaceOf(manifest) ?? nowhere
  const named = (name: string, kind: string, parse: (raw: unknown) => Parsed<NamedTemplate>) => {
    const found = all.find(
      (one) =>
        isArgoKind(one, kind) && nameOf(one) === name && (kind !== 'AnalysisTemplate' || sameNamespace(one, namespace)),
    )
    const parsed = found && parse(found.object)
    return parsed?.ok ? parsed.value : undefined
  }
  return {
    template: (name) => named(name, 'AnalysisTemplate', parseAnalysisTemplateManifest),
    clusterTemplate: (name) => named(name, 'ClusterAnalysisTemplate', parseClusterAnalysisTemplateManifest),
  }
}

/** The objects of files as a router finds them in caches. */
export const objectsIn = (all: readonly Manifest[]): KnownObjects => ({
  get: ({ resource, namespace, name }) => {
    const found = all.find((one) => isOf(one, resource) && nameOf(one) === name && sameNamespace(one, namespace))
    return found && asStored(found)
  },
  list: (resource, namespace) =>
    all.filter((one) => isOf(one, resource) && sameNamespace(one, namespace)).map(asStored),
})
