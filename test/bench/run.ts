/**
 * What releases cost, in the sandbox: `npm run bench [-- --json]`; how soon requests follow a weight, on a real cluster with
 * a real proxy: `npm run bench -- traffic [--json]`. See docs/performance.md.
 */
import { parseArgs } from 'node:util'
import { cpuOfANoOp, type Figure, heapPerRollout, requestsOfADay, requestsOfOneCanary } from './measure.ts'
import { passesToAct, requestsOfBlueGreen, requestsOfRoutedCanary } from './releases.ts'

const { values: options, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const [subject = 'releases'] = positionals

const width = 56

interface Part {
  readonly title: string
  readonly figures: readonly Figure[]
}

const print = ({ title, figures }: Part): void => {
  process.stdout.write(`\n${title}\n`)
  for (const { what, value } of figures) process.stdout.write(`  ${what.padEnd(width)}${value.padStart(10)}\n`)
}

const sum = (figures: readonly Figure[]): string =>
  String(figures.reduce((total, { value }) => total + Number(value), 0))

const isWrite = ({ what }: Figure): boolean => !/^(get|list|watch) | (events|leases)(\.|$)/.test(what)

/** Requests with their total, and the writes among them besides events and leases. */
const withTotals = (figures: readonly Figure[]): readonly Figure[] => [
  ...figures,
  { what: 'total', value: sum(figures) },
  { what: 'writes besides events and leases', value: sum(figures.filter(isWrite)) },
]

const parts: Part[] = []
const add = (title: string, figures: readonly Figure[]): void => {
  const part = { title, figures }
  parts.push(part)
  if (!options.json) print(part)
}

const releases = async (): Promise<void> => {
  add(
    'API requests of one canary: 5 replicas, 3 steps, a background analysis, from the patch to Healthy',
    withTotals(await requestsOfOneCanary()),
  )
  add(
    'API requests of one canary with weights by an HTTPRoute: 5 replicas, 4 steps, until it is settled',
    withTotals(await requestsOfRoutedCanary()),
  )
  add(
    'API requests of one blue/green release: 5 replicas, two Services, until it is settled',
    withTotals(await requestsOfBlueGreen()),
  )
  add('Passes over the Rollout', await passesToAct())
  add('API requests of 1,000 settled Rollouts in a day (one leader)', withTotals(await requestsOfADay(1000)))
  // Compiled code and freed leftovers of what ran before would count as negative memory.
  await heapPerRollout(1000)
  add('Memory', [await heapPerRollout(1000), await heapPerRollout(10_000)])
  add('CPU', [await cpuOfANoOp(1000)])
}

const traffic = async (): Promise<void> => {
  // The cluster tells its progress by this; with --json standard output has the figures alone.
  if (options.json) console.log = console.error
  // Only this one needs the programs of a cluster.
  const { timeToNewWeight } = await import('./traffic.ts')
  add('From a new weight to the first request on it: HTTPRoute, Traefik, 3 + 3 pods', await timeToNewWeight())
}

const subjects: Readonly<Record<string, () => Promise<void>>> = { releases, traffic }
const play = subjects[subject]
if (play === undefined) {
  console.error(`no bench of ${JSON.stringify(subject)}; there are: ${Object.keys(subjects).join(', ')}`)
  process.exit(2)
}
await play()
if (options.json) process.stdout.write(`${JSON.stringify(parts, undefined, 2)}\n`)
// A cluster would keep the process.
process.exit()
