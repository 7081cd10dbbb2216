import * as z from 'zod'
import type { StoredObject } from '../../kube/informer.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { Router, RouterInquiry, TrafficIntent, Verification } from '../router.ts'
import type { TargetGroupVerification } from '../router-versions.ts'
import { targetsOf } from './load-balancers.ts'
import { readyPodAddresses, targetFault } from './registered-pods.ts'

/** A TargetGroupBinding of the AWS Load Balancer Controller, as far as it is read. */
const bindingSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    serviceRef: z.object({ name: z.string() }),
    targetGroupARN: z.string().min(1),
    targetType: z.string().optional(),
  }),
})

type Binding = z.infer<typeof bindingSchema>

/** Only pods are registered by their addresses; machines stay the same when a Service selects other pods. */
const bindingsOf = (objects: readonly DeepReadonly<StoredObject>[], service: string): readonly Binding[] =>
  objects.flatMap((object) => {
    const binding = bindingSchema.safeParse(object)
    if (!binding.success) return []
    const { serviceRef, targetType } = binding.data.spec
    return serviceRef.name === service && targetType === 'ip' ? [binding.data] : []
  })

const observeTargets = async (
  { stable: { serviceName, podTemplateHash } }: TrafficIntent,
  namespace: string,
  { aws, list, signal }: RouterInquiry,
  { bindings }: TargetGroupVerification,
): Promise<Verification> => {
  const found = bindingsOf(await list(bindings, { namespace }), serviceName)
  if (found.length === 0) return { state: 'not-verifiable' }
  const addresses = await readyPodAddresses(namespace, podTemplateHash, { list })
  for (const { metadata, spec } of found) {
    const targets = await targetsOf(spec.targetGroupARN, { ask: aws, signal })
    const fault = targetFault({ name: metadata.name, takesPods: true }, targets, addresses)
    if (fault !== undefined) return { state: 'pending', why: `Service ${serviceName}: ${fault}` }
  }
  return { state: 'verified' }
}

/**
 * Not a router that a spec can name: it asks AWS whether the target groups of a Service that has been switched have the pods
 * that it selects now, which are the stable destination of the intent.
 */
export const targetGroupVerifier = (verification: TargetGroupVerification): Router<object> => ({
  name: 'targetGroups',
  abilities: [],
  resources: [],
  refs: () => [],
  validate: () => [],
  desire: () => [],
  verify: () => ({ state: 'not-verifiable' }),
  observe: (intent, _spec, rollout, inquiry) =>
    observeTargets(intent, rollout.metadata.namespace ?? '', inquiry, verification),
})
