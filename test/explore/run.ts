import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { explore, type FoundPoint, nameOf, type Point, pointsOf } from './explore.ts'
import { faults } from './faults.ts'
import { explorables } from './scenarios.ts'

/*
 * Tells every explorable story once for every call of the controllers at which a fault can strike, and prints how many
 * points of each kind were tried and failed. Calls that are alike in many scenarios, such as events, and those of a router's
 * scenario that do not route, are tried a few at a time in each of them; `--all` tries every one everywhere. A failure names
 * the point that `--only` replays: the same point gives the same history.
 */

const usage = `Usage: npm run explore -- [--only <scenario>:<fault>[:<n>]] [--scenario <name>] [--fault <name>] [--stride <n>] [--all]
  --only      one point, or all points of a scenario and a fault, with the whole report of what fails
  --scenario  only this scenario: ${explorables.map(({ name }) => name).join(', ')}
  --fault     only this fault: ${faults.map(({ name }) => name).join(', ')}
  --stride    only every n-th point
  --all       every point, also where other scenarios have the like of it (hours)`

interface Selection {
  readonly scenario?: string | undefined
  readonly fault?: string | undefined
  readonly nth?: number | undefined
  readonly stride: number
  readonly all: boolean
}

/** Of points that other scenarios have the like of, one of so many is tried. */
const thinned = 12

/** What came of all points of a scenario and a fault. */
const tally = z.object({
  scenario: z.string(),
  fault: z.string(),
  points: z.number(),
  found: z.number(),
  failures: z.array(z.object({ point: z.string(), message: z.string() })),
})
type Tally = z.infer<typeof tally>

const selectionOf = (argv: readonly string[]): Selection => {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const options = { only: text, scenario: text, fault: text, stride: text, all: flag, help: flag } as const
  const { values } = parseArgs({ args: [...argv], options })
  if (values.help) {
    console.log(usage)
    process.exit(0)
  }
  const [scenario = values.scenario, fault = values.fault, nth] = values.only?.split(':') ?? []
  for (const [known, name] of [
    [explorables, scenario],
    [faults, fault],
  ] as const) {
    if (name !== undefined && !known.some((one) => one.name === name)) throw new Error(`there is no ${name}\n${usage}`)
  }
  return {
    scenario,
    fault,
    nth: nth === undefined ? undefined : Number(nth),
    stride: Number(values.stride ?? 1),
    all: values.all,
  }
}

const failureOf = async (point: Point): Promise<string | undefined> => {
  try {
    await explore(point)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** All scenarios and faults that are asked for, of which each worker takes every n-th. */
const pairsOf = ({ scenario, fault }: Selection) =>
  explorables
    .filter(({ name }) => scenario === undefined || name === scenario)
    .flatMap((one) =>
      faults.filter(({ name }) => fault === undefined || name === fault).map((other) => [one, other] as const),
    )

const isSelected = ({ nth, central }: FoundPoint, selection: Selection): boolean => {
  if (selection.nth !== undefined) return nth === selection.nth
  return nth % (central || selection.all ? selection.stride : selection.stride * thinned) === 0
}

const work = async (selection: Selection, share: number, of: number, tell: (tally: Tally) => void): Promise<void> => {
  for (const [index, [scenario, fault]] of pairsOf(selection).entries()) {
    if (index % of !== share) continue
    const found = await pointsOf(scenario, fault)
    const points = found.filter((point) => isSelected(point, selection))
    const failures: Tally['failures'] = []
    for (const point of points) {
      const message = await failureOf(point)
      if (message !== undefined) failures.push({ point: nameOf(point), message })
    }
    tell({ scenario: scenario.name, fault: fault.name, points: points.length, found: found.length, failures })
  }
}

const printRow = ({ scenario, fault, points, failures }: Tally): void =>
  console.log(
    `${scenario.padEnd(22)} ${fault.padEnd(16)} ${String(points).padStart(6)} ${String(failures.length).padStart(8)}`,
  )

const shownMessages = 600

const printFailures = (tallies: readonly Tally[], whole: boolean): void => {
  for (const { point, message } of tallies.flatMap(({ failures }) => failures)) {
    console.log(`FAILED ${point}; replay: npm run explore -- --only ${point}`)
    console.log(whole ? message : `  ${message.slice(0, shownMessages).replaceAll('\n', '\n  ')}`)
  }
}

const startWorker = (selection: Selection, share: number, of: number, tell: (tally: Tally) => void): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const worker = new Worker(new URL(import.meta.url), { workerData: { selection, share, of } })
  worker.on('message', (message) => tell(tally.parse(message)))
  worker.on('error', reject)
  worker.on('exit', () => resolve())
  return promise
}

const main = async (): Promise<void> => {
  const selection = selectionOf(process.argv.slice(2))
  const tallies: Tally[] = []
  const tell = (one: Tally): void => {
    tallies.push(one)
    printRow(one)
  }
  const startedAt = performance.now()
  console.log(`${'scenario'.padEnd(22)} ${'fault'.padEnd(16)} ${'points'.padStart(6)} ${'failures'.padStart(8)}`)
  const workers = selection.nth === undefined ? availableParallelism() : 1
  if (workers === 1) await work(selection, 0, 1, tell)
  else {
    await Promise.all(Array.from({ length: workers }, (_, share) => startWorker(selection, share, workers, tell)))
  }
  printFailures(tallies, selection.nth !== undefined)
  const points = tallies.reduce((sum, one) => sum + one.points, 0)
  const found = tallies.reduce((sum, one) => sum + one.found, 0)
  const failures = tallies.reduce((sum, one) => sum + one.failures.length, 0)
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  console.log(`${points} points of ${found}, ${failures} failures, ${seconds} s`)
  if (failures > 0 || points === 0) process.exitCode = 1
}

const assignment = z.object({
  selection: z.object({
    scenario: z.string().optional(),
    fault: z.string().optional(),
    nth: z.number().optional(),
    stride: z.number(),
    all: z.boolean(),
  }),
  share: z.number(),
  of: z.number(),
})

if (isMainThread) await main()
else {
  const { selection, share, of } = assignment.parse(workerData)
  await work(selection, share, of, (one) => parentPort?.postMessage(one))
}
