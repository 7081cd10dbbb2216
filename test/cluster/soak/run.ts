/**
 * Years in minutes, on a real control plane: many Rollouts, several controllers, and the leader killed again and again while
 * releases run: `npm run soak [-- --minutes 2 --rollouts 100 --releasing 20]`. See docs/operations.md.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { namesOf, whenAll } from '../bench/load.ts'
import { openStage, type Place, type Stage } from '../bench/stage.ts'
import { Crew, type TakeOver } from './crew.ts'
import { type EndedRelease, type Field, ReleasedRollout, replicas, steps } from './releases.ts'
import { releaseTable, takeOverTable } from './tables.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rollouts: { type: 'string', default: '1000' },
    releasing: { type: 'string', default: '50' },
    controllers: { type: 'string', default: '3' },
    'kill-every': { type: 'string', default: '60' },
  },
})

const options = z
  .object({
    minutes: z.coerce.number().positive(),
    rollouts: z.coerce.number().int().positive(),
    releasing: z.coerce.number().int().positive(),
    controllers: z.coerce.number().int().min(2),
    'kill-every': z.coerce.number().min(30),
  })
  .refine(({ rollouts, releasing }) => releasing <= rollouts, 'not more can be releasing than there are rollouts')
  .safeParse(values)

if (!options.success) {
  console.error(z.prettifyError(options.error))
  process.exit(2)
}
const { minutes, rollouts, releasing, controllers, 'kill-every': killEverySeconds } = options.data

const namespace = 'soak'
const versionSchema = z.object({ metadata: z.object({ name: z.string(), resourceVersion: z.string() }) })

/** The versions of all objects, to see later which of them were written. */
async function versionsOf({ plane }: Stage, names: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
  const found = await plane.api.list(`/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts`, versionSchema)
  const entries = found.map(({ metadata }) => [metadata.name, metadata.resourceVersion] as const)
  return new Map(entries.filter(([name]) => names.has(name)))
}

/** One Rollout after the other, and each again, until `isOver`. Two of three are promoted, the third is aborted. */
async function releaseAll(field: Field, names: readonly string[], isOver: () => boolean): Promise<EndedRelease[]> {
  const ended: EndedRelease[] = []
  const releaseOne = async (name: string, index: number): Promise<void> => {
    const rollout = new ReleasedRollout(field, name)
    // Not all in step: leaders are to die in every state that releases have.
    await delay((index * 20_000) / names.length)
    for (let turn = index; !isOver(); turn++) {
      const release = await rollout.release(turn % 3 === 2 ? 'aborted' : 'promoted')
      ended.push(release)
      if (release.faults.length > 0) return
    }
  }
  await Promise.all(names.map(releaseOne))
  return ended
}

async function killAgainAndAgain(crew: Crew, end: number): Promise<TakeOver[]> {
  const takeOvers: TakeOver[] = []
  for (let next = performance.now() + 20_000; next < end; next += killEverySeconds * 1000) {
    await delay(Math.max(0, next - performance.now()))
    takeOvers.push(await told(crew.replaceLeader('killed')))
  }
  return takeOvers
}

async function told(takingOver: Promise<TakeOver>): Promise<TakeOver> {
  const { leader, how, next, elected } = await takingOver
  console.log(`# ${leader} ${how}; ${next} leads after ${elected.toFixed(1)} s`)
  return takingOver
}

/** The lease, two attempts of those that wait for it, and a busy machine; in order, one attempt. */
const takeOverLimits: Readonly<Record<TakeOver['how'], number>> = { killed: 25, stopped: 8 }

async function createAll(place: Place, idle: readonly string[], released: readonly string[]): Promise<void> {
  await place.create(idle, { replicas: 0 })
  await place.create(released, { replicas, steps })
  await whenAll(place, released, 'the first deploy', ({ phase }) => phase === 'Healthy', 300_000)
  const isObserved = ({ generation, observedGeneration }: { generation: number; observedGeneration: number }) =>
    generation === observedGeneration
  await whenAll(place, idle, 'being observed', isObserved, 300_000)
}

async function play(stage: Stage): Promise<number> {
  const crew = new Crew(stage)
  await Promise.all(Array.from({ length: controllers }, () => crew.join()))
  const place = await stage.openNamespace(namespace)
  const names = namesOf(rollouts)
  const [released, idle] = [names.slice(0, releasing), names.slice(releasing)]
  await createAll(place, idle, released)
  await delay(5000)
  const before = await versionsOf(stage, new Set(idle))
  console.log(`# ${rollouts} Rollouts, ${controllers} controllers; ${releasing} are released for ${minutes} min`)

  const mark = await stage.plane.audit.mark()
  const end = performance.now() + minutes * 60_000
  const field = { stage, place, namespace }
  const [ended, takeOvers] = await Promise.all([
    releaseAll(field, released, () => performance.now() >= end),
    killAgainAndAgain(crew, end),
  ])
  takeOvers.push(await told(crew.replaceLeader('stopped')))
  crew.assertRunning()

  const after = await versionsOf(stage, new Set(idle))
  const disturbed = idle.filter((name) => before.get(name) !== after.get(name))
  const refused = (await stage.requests(mark)).filter(({ responseStatus }) => responseStatus?.code === 403)
  console.log(takeOverTable(takeOvers))
  console.log(releaseTable(ended))
  for (const member of crew.members) console.log(`${member.name}: ${Math.round(member.rssMiB())} MiB`)
  const faults = [
    ...ended.flatMap(({ name, ending, faults: own }) => own.map((fault) => `${name}, to be ${ending}: ${fault}`)),
    ...disturbed.map((name) => `${name} was written, though nothing was asked of it`),
    ...refused.map(({ verb, requestURI }) => `${verb} ${requestURI} was forbidden`),
    ...takeOvers.flatMap(({ leader, how, elected }) =>
      elected <= takeOverLimits[how] ? [] : [`nobody led for ${elected.toFixed(1)} s after ${leader} was ${how}`],
    ),
    ...(takeOvers.some(({ how }) => how === 'killed') ? [] : ['no leader was killed: ask for more minutes']),
  ]
  for (const fault of faults) console.log(`FAULT ${fault}`)
  console.log(faults.length === 0 ? 'every release ended right' : `${faults.length} faults`)
  await crew.stop()
  return faults.length
}

const stage = await openStage((line) => console.log(line))
try {
  process.exitCode = (await play(stage)) === 0 ? 0 : 1
} finally {
  await stage.end()
}
process.exit()
