import type { Draft } from '../../draft.ts'

/** Forgets what the status says of a canary, once the Rollout is none any more and its routers are given back. */
export const forgetCanary = ({ status, traffic }: Draft): void => {
  if (traffic.isLeaving) return
  delete status.canary
  delete status.alb
  delete status.albs
  delete status.currentStepIndex
  delete status.currentStepHash
}

/** Forgets what the status says of blue/green, once the Rollout is a canary. */
export const forgetBlueGreen = ({ status }: Draft): void => {
  delete status.blueGreen
}
