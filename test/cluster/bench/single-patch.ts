import { isHealthy, type Load, measure, namesOf, timeFigure, whenAll } from './load.ts'

/** One Rollout, patched `size` times, one release after the other: from the patch to the new ReplicaSet. */
export const singlePatch: Load = async (stage, size) => {
  const controller = await stage.startController()
  await controller.untilReady()
  const place = await stage.openNamespace('single')
  const [name = ''] = namesOf(1)
  await place.create([name], { replicas: 1 })
  await whenAll(place, [name], 'the first deploy', isHealthy)
  const measured = await measure(stage, controller, async () => {
    const times: number[] = []
    for (let release = 2; release < size + 2; release++) {
      const created = place.witness.when(name, 'a new ReplicaSet', ({ replicaSets }) => replicaSets === release, 30_000)
      const patched = await place.setImage(name, `registry.example/team/app:${release}`)
      times.push((await created) - patched)
      await whenAll(place, [name], 'the release', (seen) => isHealthy(seen) && seen.replicaSets === release)
    }
    return times
  })
  await place.clear()
  await controller.stop()
  const load = 'single'
  const what = `1 Rollout, ${size} patches: patch → new ReplicaSet`
  return {
    figures: [
      timeFigure({ load, what: `${what}, p50`, unit: 'ms', published: '10–13 ms' }, measured.result, 0.5),
      timeFigure({ load, what: `${what}, p95`, unit: 'ms', published: '19–22 ms' }, measured.result, 0.95),
    ],
    requests: measured.requests,
  }
}
