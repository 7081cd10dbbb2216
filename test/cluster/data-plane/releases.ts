import type { Proxied } from './proxied.ts'
import { expectNothingLost, type Storefront, type StorefrontSettings } from './storefront.ts'

/** A storefront whose releases go 20 %, 50 % and 80 %, each until somebody goes on. */
export function stepByStep(proxied: Proxied): StorefrontSettings {
  const steps = [20, 50, 80].flatMap((setWeight) => [{ setWeight }, { pause: {} }])
  const services = { stableService: 'shop-stable', canaryService: 'shop-canary' }
  const delays = { scaleDownDelaySeconds: 5, abortScaleDownDelaySeconds: 5 }
  const { trafficRouting } = proxied
  return { proxied, strategy: { canary: { ...services, ...delays, trafficRouting, steps } } }
}

/** Waits for the pause at a step, and compares the share of the version with its weight. @throws AssertionError, ExpectationError */
export async function reach(shop: Storefront, tag: string, step: number, weight: number): Promise<void> {
  await shop.untilPausedAt(step, weight)
  await shop.untilRouted(weight)
  await shop.expectShare(tag, weight)
}

/** Everything is with this version, pods of others have gone, and no request was lost. @throws AssertionError, ExpectationError */
export async function settle(shop: Storefront, tag: string): Promise<void> {
  await shop.scene.untilSizes({ [`shop:${tag}`]: 3 })
  await shop.expectAll(tag)
  expectNothingLost(await shop.close())
}

/** Goes on from the first pause to the end. @throws AssertionError, ExpectationError */
export async function goThroughSteps(shop: Storefront, tag: string): Promise<void> {
  await reach(shop, tag, 1, 20)
  await shop.promote()
  await reach(shop, tag, 3, 50)
  await shop.promote()
  await reach(shop, tag, 5, 80)
  await shop.promote()
  await shop.scene.untilPhase('Healthy')
  await settle(shop, tag)
}

/** Goes on to the second pause, and aborts there: version 1.0 is left. @throws AssertionError, ExpectationError */
export async function abortHalfway(shop: Storefront, tag: string): Promise<void> {
  await reach(shop, tag, 1, 20)
  await shop.promote()
  await reach(shop, tag, 3, 50)
  await shop.abort()
  await shop.scene.untilPhase('Degraded')
  await settle(shop, '1.0')
}
