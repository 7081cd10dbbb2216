import type { Figure } from './figures.ts'
import { isHealthy, type Load, measure, namesOf, timeFigure, whenAll } from './load.ts'
import { forAll } from './stage.ts'
import { rounded } from './statistics.ts'

const steps = [{ setWeight: 50 }, { pause: { duration: '10s' } }]

/** `size` canaries of 2 replicas that are patched at once: from the patch to the new ReplicaSet, and to Healthy. */
export const canaries: Load = async (stage, size) => {
  const controller = await stage.startController()
  await controller.untilReady()
  const place = await stage.openNamespace('canaries')
  const names = namesOf(size)
  await place.create(names, { replicas: 2, steps })
  await whenAll(place, names, 'the first deploy', isHealthy)
  const measured = await measure(stage, controller, async () => {
    const created = whenAll(place, names, 'a new ReplicaSet', ({ replicaSets }) => replicaSets === 2)
    const healthy = whenAll(place, names, 'the release', (seen) => isHealthy(seen) && seen.replicaSets === 2)
    const patched = await forAll(names, (name) => place.setImage(name, 'registry.example/team/app:2'))
    const since = (times: readonly number[]) => times.map((at, index) => at - (patched[index] ?? 0))
    return { created: since(await created), healthy: since(await healthy) }
  })
  await place.clear()
  await controller.stop()
  const load = 'canaries'
  const { created, healthy } = measured.result
  const figures: Figure[] = [
    timeFigure({ load, what: 'patch → new ReplicaSet, p50', unit: 's', published: '0.9–1.3 s' }, created, 0.5),
    timeFigure({ load, what: 'patch → new ReplicaSet, p99', unit: 's', published: '2.8 s', limit: 1 }, created, 0.99),
    timeFigure({ load, what: 'patch → Healthy, p50', unit: 's', published: '29 s', limit: 18 }, healthy, 0.5),
    timeFigure({ load, what: 'patch → Healthy, max', unit: 's', published: '32 s', limit: 18 }, healthy, 1),
    {
      load,
      what: 'writes per Rollout',
      value: rounded(measured.writes / size, 2),
      unit: '',
      published: '18',
      limit: 12,
    },
    { load, what: 'CPU of the controller', value: measured.cpuSeconds, unit: 's', published: '5–5.7 s', limit: 5.7 },
  ]
  return {
    figures: figures.map((figure) => ({ ...figure, what: `${size} canaries patched at once: ${figure.what}` })),
    requests: measured.requests,
  }
}
