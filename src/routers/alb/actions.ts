import type { AlbAction } from '../../api/kubernetes/alb-action.ts'
import type { TrafficIntent } from '../router.ts'
import type { AlbSpec } from './spec.ts'

interface Target {
  readonly serviceName: string
  readonly weight: number
}

const forwardTo = (targets: readonly Target[], { servicePort, stickinessConfig: stickiness }: AlbSpec): AlbAction => ({
  Type: 'forward',
  ForwardConfig: {
    TargetGroups: targets.map(({ serviceName, weight }) => ({
      ServiceName: serviceName,
      ServicePort: String(servicePort),
      Weight: weight,
    })),
    ...(stickiness?.enabled && {
      TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: stickiness.durationSeconds },
    }),
  },
})

/** The split of an intent: a target group for the canary, for each version of an experiment, and for stable. */
export const splitAction = ({ canary, additional, stable }: TrafficIntent, spec: AlbSpec): AlbAction =>
  forwardTo([canary, ...additional, stable], spec)

/** Everything to stable, by an action that no longer depends on the other Service. */
export const stableAction = ({ stable }: TrafficIntent, spec: AlbSpec): AlbAction => forwardTo([stable], spec)

/** Everything to the canary, for the requests of a header route. */
export const headerAction = ({ canary }: TrafficIntent, spec: AlbSpec): AlbAction =>
  forwardTo([{ ...canary, weight: 100 }], spec)
