import type { TrafficIntent } from '../../src/routers/router.ts'

/** The traffic that a release of `web` asks for: `canary` of `maxWeight` (100) to its canary, the rest to stable. */
export const trafficIntent = (canary: number, more: Partial<TrafficIntent> = {}): TrafficIntent => {
  const { maxWeight = 100, additional = [] } = more
  const elsewhere = additional.reduce((sum, { weight }) => sum + weight, 0)
  return {
    canary: { serviceName: 'web-canary', podTemplateHash: 'new', weight: canary },
    stable: { serviceName: 'web-stable', podTemplateHash: 'old', weight: maxWeight - canary - elsewhere },
    additional,
    maxWeight,
    headerRoutes: [],
    mirrorRoutes: [],
    managedRoutes: [],
    ...more,
  }
}
