import type { Draft } from './draft.ts'
import {
  loadBalancerNotFound,
  type RolloutEvent,
  targetGroupUnverified,
  targetGroupVerified,
  targetGroupVerifyError,
  weightVerifyError,
} from './events.ts'
import type { Snapshot } from './snapshot.ts'

/** What AWS has answered about a router since the last pass, or why it has not. */
const newsOf = ({ routerReplies }: Snapshot, router: string) => {
  const { answer, error, isNews = false } = routerReplies.get(router)?.reply ?? {}
  if (!isNews) return {}
  return error === undefined ? { answer } : { error }
}

const ofAlb = ({ snapshot, traffic }: Draft): readonly RolloutEvent[] => {
  const { answer, error } = newsOf(snapshot, 'alb')
  const { canary } = traffic.report?.intent ?? {}
  if (canary === undefined) return []
  if (error !== undefined) return [targetGroupVerifyError(canary.serviceName, error), weightVerifyError(error)]
  if (answer?.state === 'pending') {
    const { unknownHost } = answer
    return [
      ...(unknownHost === undefined ? [] : [loadBalancerNotFound(unknownHost)]),
      targetGroupUnverified(canary.serviceName, answer.why),
    ]
  }
  if (answer?.state !== 'verified') return []
  return (answer.albs ?? []).flatMap(({ canaryTargetGroup }) =>
    canaryTargetGroup === undefined
      ? []
      : [targetGroupVerified(canary.serviceName, `canary weight ${canary.weight} set`, canaryTargetGroup.arn)],
  )
}

const ofSwitch = ({ snapshot }: Draft): readonly RolloutEvent[] => {
  const { answer, error } = newsOf(snapshot, 'targetGroups')
  const service = snapshot.rollout.spec.strategy?.blueGreen?.activeService ?? ''
  if (error !== undefined) return [targetGroupVerifyError(service, error)]
  if (answer?.state === 'pending') return [targetGroupUnverified(service, answer.why)]
  return answer?.state === 'verified' ? [targetGroupVerified(service, 'all endpoints registered')] : []
}

/** Tells what AWS says of load balancers, or that it cannot be asked, whenever that is something else than before. */
export const tellLoadBalancerNews = (draft: Draft): void => {
  for (const event of [...ofAlb(draft), ...ofSwitch(draft)]) draft.announce(event)
}
