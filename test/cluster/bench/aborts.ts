import { isHealthy, type Load, measure, namesOf, timeFigure, whenAll } from './load.ts'
import { forAll } from './stage.ts'
import { rounded } from './statistics.ts'

const steps = [{ setWeight: 50 }, { pause: {} }]

/** `size` releases that wait in a pause and are aborted at once: until their phase is Degraded. */
export const aborts: Load = async (stage, size) => {
  const controller = await stage.startController()
  await controller.untilReady()
  const place = await stage.openNamespace('aborts')
  const names = namesOf(size)
  await place.create(names, { replicas: 2, steps })
  await whenAll(place, names, 'the first deploy', isHealthy)
  await forAll(names, (name) => place.setImage(name, 'registry.example/team/app:2'))
  await whenAll(place, names, 'the pause', ({ phase }) => phase === 'Paused')
  const measured = await measure(stage, controller, async () => {
    const degraded = whenAll(place, names, 'the abort', ({ phase }) => phase === 'Degraded')
    const aborted = await forAll(names, (name) => place.abort(name))
    return (await degraded).map((at, index) => at - (aborted[index] ?? 0))
  })
  await place.clear()
  await controller.stop()
  const load = 'aborts'
  const what = `${size} aborts at once`
  const degraded = `${what} → Degraded`
  return {
    figures: [
      timeFigure({ load, what: `${degraded}, p50`, unit: 's', published: '0.55 s' }, measured.result, 0.5),
      timeFigure({ load, what: `${degraded}, p95`, unit: 's', published: '0.7 s', limit: 0.4 }, measured.result, 0.95),
      {
        load,
        what: `${what}: writes each`,
        value: rounded(measured.writes / size, 2),
        unit: '',
        published: '6',
        limit: 4,
      },
    ],
    requests: measured.requests,
  }
}
