import type { Draft } from './draft.ts'
import { type RolloutEvent, targetGroupUnverified, targetGroupVerified } from './events.ts'
import type { Snapshot } from './snapshot.ts'

/** What AWS has answered about a router since the last pass. */
const newsOf = ({ routerReplies }: Snapshot, router: string) => {
  const { answer, error, isNews = false } = routerReplies.get(router)?.reply ?? {}
  return isNews && error === undefined ? answer : undefined
}

const ofAlb = ({ snapshot, traffic }: Draft): readonly RolloutEvent[] => {
  const answer = newsOf(snapshot, 'alb')
  const { canary } = traffic.report?.intent ?? {}
  if (canary === undefined) return []
  if (answer?.state === 'pending') return [targetGroupUnverified(canary.serviceName, answer.why)]
  if (answer?.state !== 'verified') return []
  return (answer.albs ?? []).flatMap(({ canaryTargetGroup }) =>
    canaryTargetGroup === undefined
      ? []
      : [targetGroupVerified(canary.serviceName, `canary weight ${canary.weight} set`, canaryTargetGroup.arn)],
  )
}

const ofSwitch = ({ snapshot }: Draft): readonly RolloutEvent[] => {
  const answer = newsOf(snapshot, 'targetGroups')
  const service = snapshot.rollout.spec.strategy?.blueGreen?.activeService ?? ''
  if (answer?.state === 'pending') return [targetGroupUnverified(service, answer.why)]
  return answer?.state === 'verified' ? [targetGroupVerified(service, 'all endpoints registered')] : []
}

/** Tells what AWS says of load balancers, whenever that is something else than before. */
export const tellLoadBalancerNews = (draft: Draft): void => {
  for (const event of [...ofAlb(draft), ...ofSwitch(draft)]) draft.announce(event)
}
