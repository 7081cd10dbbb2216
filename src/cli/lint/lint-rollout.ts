import type { FieldError } from '../../api/field-error.ts'
import { parseRolloutManifest, type Rollout, type RolloutManifest } from '../../api/rollout.ts'
import { validateReferences } from '../../api/validation/references.ts'
import { faultsOf } from '../../api/validation/rollout.ts'
import { routerPluginErrors } from '../../api/validation/router-plugins.ts'
import { serviceReferences } from '../../api/validation/service-references.ts'
import { followTemplateRefs } from '../../api/validation/template-references.ts'
import { analysisUses } from '../../api/validation/template-use.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { routersOf } from '../../routers/registry.ts'
import { type Manifest, nameOf, namespaceOf } from '../manifests.ts'
import { type Finding, findings } from './finding.ts'
import { objectsIn, servicesBeside, templatesBeside } from './objects-in-files.ts'

type M = DeepReadonly<RolloutManifest>

/** What is not in the files may well be in the cluster: only what is there is judged. */
const isMissing = (detail: string): boolean => /["'] not found$/.test(detail)

/** Who owns an object is known in the cluster only. */
const isOwnership = (detail: string): boolean => /^Rollout does not own /.test(detail)

const referenceFindings = (manifest: Manifest, rollout: M, all: readonly Manifest[]): Finding[] => {
  const services = servicesBeside(manifest, all)
  const templates = templatesBeside(manifest, all)
  const absent = new Set(serviceReferences(rollout).flatMap(({ name }) => (services.has(name) ? [] : [name])))
  const errors = validateReferences(rollout, { services, templates, refuseMetric: () => undefined })
  const uses = new Set(analysisUses(rollout).map(({ field }) => field))
  const open = analysisUses(rollout).filter(({ analysis }) =>
    followTemplateRefs(analysis.templates ?? [], templates).faults.some(isMissing),
  )
  // What is wrong with Services is told in the order of the files, as the published plugin does.
  const places = [...services.keys()]
  const placeOf = ({ field, badValue }: FieldError): number =>
    uses.has(field) ? places.length : places.indexOf(String(badValue))
  const inOrder = errors.toSorted((a, b) => placeOf(a) - placeOf(b))
  const judged = inOrder.filter(
    ({ field, badValue, detail }) =>
      !isMissing(detail) &&
      !open.some((use) => use.field === field && !detail.includes('includes itself')) &&
      (uses.has(field) || !absent.has(String(badValue))),
  )
  return judged.flatMap((error) => findings(manifest, uses.has(error.field) ? 'analysis' : 'reference', [error]))
}

/** As the cache of a controller would hold it. */
const asStored = (manifest: Manifest, rollout: M): DeepReadonly<Rollout> => {
  const { labels = {}, annotations = {} } = rollout.metadata
  const place = { name: nameOf(manifest), namespace: namespaceOf(manifest) ?? '' }
  const server = { uid: '', resourceVersion: '', creationTimestamp: '' }
  return { ...rollout, metadata: { ...server, ...place, labels, annotations } }
}

const routerFindings = (manifest: Manifest, rollout: M, all: readonly Manifest[]): Finding[] => {
  const known = objectsIn(all)
  return routersOf(asStored(manifest, rollout)).flatMap((router) => {
    if (router.plugin !== undefined) return []
    const errors = router.validate(known).filter(({ detail }) => !isMissing(detail) && !isOwnership(detail))
    return findings(manifest, 'router', errors)
  })
}

/** Everything that is wrong with a Rollout of a file, alone and together with the objects of the same files. */
export const lintRollout = (manifest: Manifest, all: readonly Manifest[]): Finding[] => {
  const parsed = parseRolloutManifest(manifest.object)
  const faults = faultsOf(parsed, manifest.object as unknown as M)
  const own = findings(manifest, parsed.ok ? 'spec' : 'schema', faults)
  if (!parsed.ok) return own
  return [
    ...own,
    ...findings(manifest, 'router', routerPluginErrors(parsed.value)),
    ...referenceFindings(manifest, parsed.value, all),
    ...(own.length > 0 ? [] : routerFindings(manifest, parsed.value, all)),
  ]
}
