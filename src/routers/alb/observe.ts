import type { AlbCondition, AlbConditions } from '../../api/kubernetes/alb-action.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { AlbStatus } from '../../api/rollout-status.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { Destination, RouterInquiry, TrafficIntent, Verification } from '../router.ts'
import type { TargetGroupVerification } from '../router-versions.ts'
import { routeConditions, textsOf } from './conditions.ts'
import {
  type AwsResource,
  type ForwardRule,
  findLoadBalancer,
  forwardRulesOf,
  type LoadBalancerQuestions,
  type TargetGroup,
  targetGroupsOf,
  targetsOf,
} from './load-balancers.ts'
import { managedKeysOf } from './managed-annotations.ts'
import { readyPodAddresses, targetFault } from './registered-pods.ts'
import { type AlbSpec, ingressIn, namedIngresses } from './spec.ts'

type Verifying = Pick<TargetGroupVerification, 'tagKey'>

/** All that is asked about one Ingress. */
interface Context {
  readonly intent: TrafficIntent
  readonly spec: AlbSpec
  readonly rollout: DeepReadonly<Rollout>
  readonly inquiry: RouterInquiry
  readonly verification: Verifying
  readonly ingress: string
}

/** What a load balancer does. */
interface View {
  readonly balancer: AwsResource
  readonly groups: readonly TargetGroup[]
  readonly rules: readonly ForwardRule[]
}

/** What was found out about one Ingress. */
interface Finding {
  readonly fault: string | undefined
  readonly unknownHost?: string
  readonly status: AlbStatus
}

const namespaceOf = ({ metadata }: DeepReadonly<Rollout>): string => metadata.namespace ?? ''

/** The target group of a Service, as the AWS Load Balancer Controller tags it: `<namespace>/<ingress>-<service>:<port>`. */
const groupOf = (groups: readonly TargetGroup[], service: string, { rollout, ingress, spec, verification }: Context) =>
  groups.find(
    ({ tags }) => tags.get(verification.tagKey) === `${namespaceOf(rollout)}/${ingress}-${service}:${spec.servicePort}`,
  )

/** The name that CloudWatch has for a load balancer or target group: the end of its ARN. */
const resourceStatus = ({ arn, name }: AwsResource, from: number) => ({
  name,
  arn,
  fullName: arn.split('/').slice(from).join('/'),
})

const statusOf = ({ balancer, groups }: View, context: Context): AlbStatus => {
  const { intent, ingress } = context
  const [canary, stable] = [intent.canary, intent.stable].map(({ serviceName }) =>
    groupOf(groups, serviceName, context),
  )
  return {
    ingress,
    loadBalancer: resourceStatus(balancer, 2),
    ...(canary && { canaryTargetGroup: resourceStatus(canary, 1) }),
    ...(stable && { stableTargetGroup: resourceStatus(stable, 1) }),
  }
}

const hasWeights = ({ weights }: ForwardRule, wanted: ReadonlyMap<string, number>): boolean =>
  [...wanted].every(([arn, weight]) => (weights.get(arn) ?? 0) === weight) &&
  [...weights].every(([arn, weight]) => weight === 0 || wanted.has(arn))

const hasAll = (present: readonly string[], wanted: readonly string[]): boolean =>
  present.length === wanted.length && wanted.every((value) => present.includes(value))

const has = ({ headers, queries }: ForwardRule, condition: AlbCondition): boolean => {
  const texts = textsOf([condition])
  if (condition.field === 'query-string') return queries.some((query) => hasAll(query, texts))
  const name = condition.httpHeaderConfig.httpHeaderName.toLowerCase()
  return headers.some((header) => header.name.toLowerCase() === name && hasAll(header.values, texts))
}

const isFor = (rule: ForwardRule, conditions: AlbConditions): boolean =>
  rule.headers.length + rule.queries.length === conditions.length &&
  conditions.every((condition) => has(rule, condition))

/** Whether actions or paths of the Ingress that are not ours lead to the canary Service: then a rule for it may be theirs. */
const isNamedByOthers = ({ intent, ingress, rollout, inquiry }: Context): boolean => {
  const live = ingressIn(ingress, rollout, inquiry.known)
  if (live === undefined) return false
  const ours = managedKeysOf(live, rollout)
  const texts = Object.entries(live.metadata.annotations ?? {}).flatMap(([key, text]) =>
    ours.includes(key) ? [] : [text],
  )
  return [...texts, JSON.stringify(live.spec)].some((text) => text.includes(`"${intent.canary.serviceName}"`))
}

/** What of the weights the rules do not have. */
const weightFault = ({ groups, rules }: View, context: Context): string | undefined => {
  const { intent, ingress } = context
  const wanted = new Map<string, number>()
  for (const { serviceName, weight } of [intent.canary, intent.stable, ...intent.additional]) {
    const group = groupOf(groups, serviceName, context)
    if (group !== undefined) wanted.set(group.arn, weight)
    // Without requests a Service needs no target group: an Ingress that was given back names the stable one alone.
    else if (weight > 0) {
      return `the load balancer of Ingress ${ingress} has no target group for Service ${serviceName} yet`
    }
  }
  const stable = groupOf(groups, intent.stable.serviceName, context)
  // A rule for requests with certain headers leads to the canary alone.
  const split = rules.filter(({ weights }) => stable !== undefined && weights.has(stable.arn))
  return split.length > 0 && split.every((rule) => hasWeights(rule, wanted))
    ? undefined
    : `the load balancer of Ingress ${ingress} does not have the weights yet`
}

/** What of the header routes the rules do not have, or still have. */
const routeFault = ({ groups, rules }: View, context: Context): string | undefined => {
  const { ingress, intent } = context
  const [canary, stable] = [intent.canary, intent.stable].map((one) => groupOf(groups, one.serviceName, context)?.arn)
  const special = rules.filter(({ weights }) => weights.has(canary ?? '') && !weights.has(stable ?? ''))
  const conditions = intent.headerRoutes.map((route) => ({ name: route.name, asked: routeConditions(route) }))
  const missing = conditions.find(({ asked }) => !special.some((rule) => isFor(rule, asked)))
  if (missing !== undefined)
    return `the load balancer of Ingress ${ingress} does not have the route ${missing.name} yet`
  const isLeftOver = (rule: ForwardRule): boolean =>
    rule.headers.length + rule.queries.length > 0 && !conditions.some(({ asked }) => isFor(rule, asked))
  return special.some(isLeftOver) && !isNamedByOthers(context)
    ? `the load balancer of Ingress ${ingress} still has a route to Service ${intent.canary.serviceName}`
    : undefined
}

const gets = ({ headerRoutes, canary }: TrafficIntent, destination: Destination): boolean =>
  destination.weight > 0 || (destination === canary && headerRoutes.length > 0)

/** Which of the destinations that get requests cannot answer them yet. */
const podFault = async (
  { groups }: View,
  context: Context,
  questions: LoadBalancerQuestions,
): Promise<string | undefined> => {
  const { intent, rollout, inquiry } = context
  for (const destination of [intent.canary, intent.stable, ...intent.additional]) {
    const group = groupOf(groups, destination.serviceName, context)
    if (group === undefined || !gets(intent, destination)) continue
    const addresses = await readyPodAddresses(namespaceOf(rollout), destination.podTemplateHash, inquiry)
    const fault = targetFault(group, await targetsOf(group.arn, questions), addresses)
    if (fault !== undefined) return fault
  }
  return undefined
}

const hostnamesOf = ({ ingress, rollout, inquiry }: Context): readonly string[] => {
  const { status } = ingressIn(ingress, rollout, inquiry.known) ?? {}
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ hostname }) => (hostname ? [hostname] : []))
}

const findingOf = async (context: Context): Promise<Finding> => {
  const { ingress, inquiry } = context
  const questions = { ask: inquiry.aws, signal: inquiry.signal }
  const [hostname] = hostnamesOf(context)
  if (hostname === undefined) return { fault: `Ingress ${ingress} has no load balancer yet`, status: { ingress } }
  const balancer = await findLoadBalancer(hostname, questions)
  if (balancer === undefined) {
    const fault = `AWS knows no load balancer ${hostname} of Ingress ${ingress}`
    return { fault, unknownHost: hostname, status: { ingress } }
  }
  const [groups, rules] = await Promise.all([
    targetGroupsOf(balancer.arn, questions),
    forwardRulesOf(balancer.arn, questions),
  ])
  const view = { balancer, groups, rules }
  const fault = weightFault(view, context) ?? routeFault(view, context) ?? (await podFault(view, context, questions))
  return { fault, status: statusOf(view, context) }
}

/**
 * Asks AWS whether the load balancers of all Ingresses split as intended, and whether the pods that get requests are
 * registered with them.
 */
export const observeLoadBalancers = async (
  intent: TrafficIntent,
  spec: AlbSpec,
  rollout: DeepReadonly<Rollout>,
  inquiry: RouterInquiry,
  verification: Verifying,
): Promise<Verification> => {
  const findings: Finding[] = []
  for (const { name } of namedIngresses(spec)) {
    findings.push(await findingOf({ intent, spec, rollout, inquiry, verification, ingress: name }))
  }
  const albs = findings.map(({ status }) => status)
  const { fault, unknownHost } = findings.find((finding) => finding.fault !== undefined) ?? {}
  if (fault === undefined) return { state: 'verified', albs }
  return { state: 'pending', why: fault, ...(unknownHost !== undefined && { unknownHost }), albs }
}
