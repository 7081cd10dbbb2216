import { setTimeout as delay } from 'node:timers/promises'

import type { ControllerProcess } from './controller-process.ts'
import type { Figure } from './figures.ts'
import { type Load, measure, namesOf, whenAll } from './load.ts'
import type { Place, Stage } from './stage.ts'
import { rounded } from './statistics.ts'
import type { Seen } from './witness.ts'
import { byVerb } from './writes.ts'

/** Until memory is that of a controller at rest. */
const restMs = 15_000
const countedMs = 60_000

const isObserved = ({ generation, observedGeneration }: Seen): boolean => generation === observedGeneration

const memory = (controller: ControllerProcess, what: string, published: string, limit: number): Figure => ({
  load: 'many',
  what: `RSS of the controller, ${what}`,
  value: rounded(controller.rssMiB(), 0),
  unit: 'MiB',
  published,
  limit,
})

interface Creation {
  readonly figures: readonly Figure[]
  readonly requests: Readonly<Record<string, number>>
}

const createMany = async (
  stage: Stage,
  controller: ControllerProcess,
  place: Place,
  names: readonly string[],
): Promise<Creation> => {
  const measured = await measure(stage, controller, async () => {
    const observed = whenAll(place, names, 'being observed', isObserved, 300_000)
    await place.create(names, { replicas: 0 })
    const created = performance.now()
    return Math.max(...(await observed)) - created
  })
  const what = `${names.length} new Rollouts`
  return {
    figures: [
      {
        load: 'many',
        what: `${what}: last create → all observed`,
        value: rounded(Math.max(0, measured.result) / 1000, 2),
        unit: 's',
        published: '72 s',
        limit: 10,
      },
      {
        load: 'many',
        what: `${what}: writes each`,
        value: rounded(measured.writes / names.length, 2),
        unit: '',
        published: '5',
        limit: 3,
      },
    ],
    requests: measured.requests,
  }
}

/** What the controller asks for in a minute in which nothing happens. */
const settled = async (stage: Stage): Promise<Figure> => {
  const mark = await stage.plane.audit.mark()
  await delay(countedMs)
  const { 'get leases': _, 'update leases': __, 'patch leases': ___, ...others } = byVerb(await stage.requests(mark))
  const value = Object.values(others).reduce((sum, count) => sum + count, 0)
  const asked = value === 0 ? '' : ` (${JSON.stringify(others)})`
  const what = `settled, requests in a minute besides leases${asked}`
  return { load: 'many', what, value, unit: '', published: '31', limit: 0 }
}

/** A Rollout is changed while no controller runs: from the start of one until it has acted. */
const restarted = async (
  stage: Stage,
  before: ControllerProcess,
  place: Place,
  name: string,
): Promise<{ controller: ControllerProcess; figure: Figure }> => {
  await before.stop()
  await place.setImage(name, 'registry.example/team/app:2')
  const created = place.witness.when(name, 'a new ReplicaSet', ({ replicaSets }) => replicaSets === 2, 60_000)
  const controller = await stage.startController()
  const value = rounded(((await created) - controller.startedAt) / 1000, 2)
  const what = 'restart: start → first changed Rollout acted on'
  return { controller, figure: { load: 'many', what, value, unit: 's', published: '17–18 s', limit: 2 } }
}

/**
 * `size` new Rollouts without pods: until the last is observed, and what they cost at rest, at a restart, in memory. Five times as many
 * are created then, for their memory alone.
 */
export const many: Load = async (stage, size) => {
  const first = await stage.startController()
  await first.untilReady()
  const place = await stage.openNamespace('many')
  await delay(restMs)
  const empty = memory(first, 'empty', '80 MiB', 100)
  const names = namesOf(size * 5)
  const creation = await createMany(stage, first, place, names.slice(0, size))
  await delay(restMs)
  const some = memory(first, `${size} Rollouts`, '163 MiB', 140)
  const quiet = await settled(stage)
  const { controller, figure } = await restarted(stage, first, place, names[0] ?? '')
  await delay(restMs)
  const someAgain = memory(controller, `${size} Rollouts, after a restart`, '163 MiB', 140)
  const rest = names.slice(size)
  const observed = whenAll(place, rest, 'being observed', isObserved, 900_000)
  await place.create(rest, { replicas: 0 })
  await observed
  await delay(restMs)
  const all = memory(controller, `${names.length} Rollouts`, '450 MiB', 220)
  place.witness.stop()
  await controller.stop()
  return {
    figures: [...creation.figures, empty, some, someAgain, all, figure, quiet],
    requests: creation.requests,
  }
}
