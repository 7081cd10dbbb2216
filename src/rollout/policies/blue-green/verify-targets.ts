import type { TrafficIntent } from '../../../routers/router.ts'
import type { Draft } from '../../draft.ts'
import { judgeObservation, questionId } from '../../router-observation.ts'
import { activeHash } from '../shared/active-replica-set.ts'
import { notedRun } from '../shared/judge-run.ts'
import { isFirstDeploy } from './fast-track.ts'

/** Everything to the new revision by the active Service, as the one who is asked takes it. */
const intentOf = (serviceName: string, podTemplateHash: string): TrafficIntent => ({
  canary: { serviceName: '', podTemplateHash: '', weight: 0 },
  stable: { serviceName, podTemplateHash, weight: 100 },
  additional: [],
  maxWeight: 100,
  headerRoutes: [],
  mirrorRoutes: [],
  managedRoutes: [],
})

/** What is known of the switch to the new revision; `undefined` where nobody has to be asked about one. */
const observationOf = (draft: Draft) => {
  const { snapshot, next, stable, before } = draft
  const { targetGroups: verifier, rollout, routerReplies, now } = snapshot
  if (verifier === undefined || next === undefined || next === stable) return undefined
  // An analysis of the new revision in service has begun: the switch had been verified then.
  const isAnalysed = notedRun(draft, before.blueGreen?.postPromotionAnalysisRunStatus) !== undefined
  if (activeHash(draft) !== next.hash || isFirstDeploy(draft) || isAnalysed) return undefined
  const service = rollout.spec.strategy?.blueGreen?.activeService ?? ''
  const intent = intentOf(service, next.hash)
  const id = questionId(verifier, intent)
  const observed = routerReplies.get(verifier.name)
  return { verifier, intent, id, service, ...judgeObservation(observed, id, now) }
}

/** Whether the load balancers have the pods that the active Service has been switched to, where AWS is asked. */
export const areTargetsVerified = (draft: Draft): boolean => {
  const { state } = observationOf(draft) ?? { state: 'verified' }
  return state === 'verified' || state === 'not-verifiable'
}

/**
 * Asks AWS whether the load balancers know the pods behind the active Service after a switch: until they do, the analysis
 * after the switch waits, and so does the promotion, which would let the old pods go.
 */
export const verifyTargets = (draft: Draft): void => {
  const observation = observationOf(draft)
  if (observation === undefined) return
  const { verifier, intent, id, service, state, isDue, dueAt } = observation
  if (state === 'verified' || state === 'not-verifiable') return
  if (isDue) {
    const why = `ask whether the target groups of ${service} have its pods`
    draft.ask({ type: 'askRouter', key: `targets/${service}`, router: verifier.name, intent, id, why })
  } else if (dueAt !== undefined) draft.wake(dueAt)
}
