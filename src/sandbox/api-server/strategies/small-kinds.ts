import { invalid, required } from '../../../api/field-error.ts'
import type { JsonObject } from '../../../lib/json.ts'
import { isJsonObject, listOr, objectOr, stringOr } from '../../../lib/json-value.ts'
import type { Draft } from '../objects/stored-object.ts'
import { timestamp } from '../objects/stored-object.ts'
import type { Strategy } from '../objects/strategy.ts'
import { changeItems, openMember, setDefaults } from './defaults.ts'

/** Namespaces say their own name in a label, and live until their content is gone. */
export const namespaceStrategy: Strategy = {
  applyDefaults: (draft) => {
    setDefaults(openMember(draft.metadata, 'labels'), { 'kubernetes.io/metadata.name': draft.metadata.name })
    setDefaults(openMember(draft, 'spec'), { finalizers: ['kubernetes'] })
    setDefaults(openMember(draft, 'status'), { phase: 'Active' })
  },
}

/** `stringData` is for writing only. */
export const secretStrategy: Strategy = {
  applyDefaults: (draft) => {
    setDefaults(draft, { type: 'Opaque' })
    if (!isJsonObject(draft.stringData)) return
    const data = openMember(draft, 'data')
    for (const [name, value] of Object.entries(draft.stringData)) {
      data[name] = Buffer.from(stringOr(value) ?? '').toString('base64')
    }
    delete draft.stringData
  },
}

/** Events lie in the namespace of the object that they are about. */
export const eventStrategy: Strategy = {
  applyDefaults: (draft) => {
    setDefaults(draft, { reportingComponent: '', reportingInstance: '' })
    setDefaults(draft, { source: {}, firstTimestamp: null, lastTimestamp: null })
  },
  validate: (draft) => {
    const { namespace } = objectOr(draft.involvedObject)
    const expected = draft.metadata.namespace
    if (namespace === expected || (namespace === undefined && expected === 'default')) return []
    return [invalid('involvedObject.namespace', namespace ?? '', 'does not match event.namespace')]
  },
}

/** Budgets that their controller has not counted yet allow nothing. */
export const disruptionBudgetStrategy: Strategy = {
  applyDefaults: (draft) =>
    setDefaults(openMember(draft, 'status'), {
      currentHealthy: 0,
      desiredHealthy: 0,
      disruptionsAllowed: 0,
      expectedPods: 0,
    }),
  validate: (draft) => {
    const spec = objectOr(draft.spec)
    if (spec.minAvailable === undefined || spec.maxUnavailable === undefined) return []
    return [invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set')]
  },
}

/** autoscaling/v2. */
export const autoscalerStrategy: Strategy = {
  applyDefaults: (draft) => {
    const target = { averageUtilization: 80, type: 'Utilization' }
    setDefaults(openMember(draft, 'spec'), {
      minReplicas: 1,
      metrics: [{ resource: { name: 'cpu', target }, type: 'Resource' }],
    })
    setDefaults(openMember(draft, 'status'), { currentMetrics: null, desiredReplicas: 0 })
  },
}

const pathErrors = (draft: Draft) =>
  listOr(objectOr(draft.spec).rules).flatMap((rule, ruleIndex) =>
    listOr(objectOr(objectOr(rule).http).paths).flatMap((path, index) => {
      const field = `spec.rules[${ruleIndex}].http.paths[${index}].pathType`
      return objectOr(path).pathType === undefined ? [required(field, 'pathType must be specified')] : []
    }),
  )

/** networking.k8s.io/v1. */
export const ingressStrategy: Strategy = {
  applyDefaults: (draft) => setDefaults(openMember(draft, 'status'), { loadBalancer: {} }),
  validate: (draft) => {
    const { rules, defaultBackend } = objectOr(draft.spec)
    const empty = listOr(rules).length === 0 && defaultBackend === undefined
    if (empty) return [invalid('spec', objectOr(draft.spec), 'either `defaultBackend` or `rules` must be specified')]
    return pathErrors(draft)
  },
}

/** discovery.k8s.io/v1. */
export const endpointSliceStrategy: Strategy = {
  applyDefaults: (draft) => {
    setDefaults(draft, { endpoints: null, ports: null })
    changeItems(draft, 'ports', (port) => setDefaults(port, { name: '', protocol: 'TCP' }))
  },
}

const defaultRoleRef = (draft: Draft): void => {
  setDefaults(openMember(draft, 'roleRef'), { apiGroup: 'rbac.authorization.k8s.io' })
  changeItems(draft, 'subjects', (subject: JsonObject) => {
    if (subject.kind !== 'ServiceAccount') setDefaults(subject, { apiGroup: 'rbac.authorization.k8s.io' })
  })
}

/** RoleBindings and ClusterRoleBindings. */
export const roleBindingStrategy: Strategy = { applyDefaults: defaultRoleRef }

const established = (at: string) =>
  ['NamesAccepted', 'Established'].map((type) => ({
    type,
    status: 'True',
    lastTransitionTime: at,
    reason: type === 'Established' ? 'InitialNamesAccepted' : 'NoConflicts',
    message: type === 'Established' ? 'the initial names have been accepted' : 'no conflicts found',
  }))

/** CustomResourceDefinitions are served from the moment they are stored. */
export const crdStrategy: Strategy = {
  applyDefaults: (draft) => {
    const spec = openMember(draft, 'spec')
    setDefaults(spec, { conversion: { strategy: 'None' } })
    const names = openMember(spec, 'names')
    const kind = stringOr(names.kind) ?? ''
    setDefaults(names, { listKind: `${kind}List`, singular: kind.toLowerCase() })
    const created = Date.parse(draft.metadata.creationTimestamp)
    const storedVersions = listOr(spec.versions)
      .map(objectOr)
      .filter(({ storage }) => storage === true)
      .map(({ name }) => name ?? '')
    setDefaults(openMember(draft, 'status'), {
      conditions: established(timestamp(created)),
      acceptedNames: names,
      storedVersions,
    })
  },
  validate: (draft) => {
    const { names, group } = objectOr(draft.spec)
    const expected = `${objectOr(names).plural}.${group}`
    if (draft.metadata.name === expected) return []
    return [invalid('metadata.name', draft.metadata.name, 'must be spec.names.plural+"."+spec.group')]
  },
}
