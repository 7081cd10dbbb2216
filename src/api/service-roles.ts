import type { DeepReadonly } from '../lib/json.ts'
import type { RolloutManifest } from './rollout.ts'
import type { RolloutStatus } from './rollout-status.ts'

/** The Services of a canary by the pods that they are for. Empty names where there is none. */
export interface ServiceRoles {
  readonly canary: string
  readonly stable: string
}

/** Values of `status.canary.stablePingPong`. */
export const pingPongs = { ping: 'ping', pong: 'pong' } as const

/** Whether the ping Service is the stable one; before the first release of a pair it is pong, as published. */
export const isPingStable = (status: DeepReadonly<RolloutStatus> | undefined): boolean =>
  status?.canary?.stablePingPong === pingPongs.ping

/**
 * Which Service is for the canary pods and which for the stable ones: canaryService and stableService, or the pair of
 * pingPong, whose Services change roles with each release so that no pod changes its Service.
 */
export const serviceRolesOf = ({
  spec,
  status,
}: {
  readonly spec: DeepReadonly<RolloutManifest['spec']>
  readonly status?: DeepReadonly<RolloutStatus> | undefined
}): ServiceRoles => {
  const { canaryService = '', stableService = '', pingPong } = spec.strategy?.canary ?? {}
  if (pingPong === undefined) return { canary: canaryService, stable: stableService }
  const { pingService: ping = '', pongService: pong = '' } = pingPong
  return isPingStable(status) ? { canary: pong, stable: ping } : { canary: ping, stable: pong }
}
