/**
 * Loads on a real control plane, beside what the published controller needs for them:
 * `npm run bench:cluster [-- --load aborts] [-- --size 10] [-- --json] [-- --published <binary>]`. See docs/performance.md.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

import { aborts } from './aborts.ts'
import { canaries } from './canaries.ts'
import { type ControllerProgram, crossfade, publishedController } from './controller-process.ts'
import { beside, type Figure, isWithin, table } from './figures.ts'
import type { Load, LoadResult } from './load.ts'
import { many } from './many.ts'
import { singlePatch } from './single-patch.ts'
import { openStage } from './stage.ts'

/** In the order in which they are played, each with the size that the published figures are for. */
const loads: Readonly<Record<string, { readonly load: Load; readonly size: number }>> = {
  single: { load: singlePatch, size: 20 },
  canaries: { load: canaries, size: 100 },
  aborts: { load: aborts, size: 50 },
  many: { load: many, size: 1000 },
}

const { values: options } = parseArgs({
  options: {
    load: { type: 'string', multiple: true, default: Object.keys(loads) },
    size: { type: 'string' },
    json: { type: 'boolean', default: false },
    /** A binary of the published controller, which plays the same loads first, in the same run. */
    published: { type: 'string' },
  },
})

const unknown = options.load.find((name) => loads[name] === undefined)
const size = options.size === undefined ? undefined : Number(options.size)
if (unknown !== undefined || (size !== undefined && !(Number.isInteger(size) && size > 0))) {
  console.error(`--load takes ${Object.keys(loads).join(', ')}, and --size a number of Rollouts above 0`)
  process.exit(2)
}

/** With --json standard output has the figures alone. */
const say = (line: string): void => (options.json ? console.error : console.log)(line)

type Results = Readonly<Record<string, LoadResult>>

/** Plays the loads that are asked for, on a control plane of their own. */
const play = async (program: ControllerProgram, compared: Results = {}): Promise<Results> => {
  const results: Record<string, LoadResult> = {}
  const stage = await openStage(say, program)
  for (const [name, { load, size: usual }] of Object.entries(loads)) {
    if (!options.load.includes(name)) continue
    const begin = performance.now()
    const { figures, requests } = await load(stage, size ?? usual)
    results[name] = { figures: beside(figures, compared[name]?.figures ?? []), requests }
    say(table(results[name].figures))
    say(`# ${name}: ${Math.round((performance.now() - begin) / 1000)} s`)
  }
  await stage.end()
  return results
}

const published = options.published === undefined ? {} : await play(publishedController(options.published))
const results = await play(crossfade, published)

const figures: readonly Figure[] = Object.values(results).flatMap((result) => result.figures)
if (options.json) {
  const machine = { processors: availableParallelism(), node: process.version }
  const requests = Object.fromEntries(Object.entries(results).map(([name, result]) => [name, result.requests]))
  console.log(JSON.stringify({ machine, figures, requests }, undefined, 2))
} else {
  for (const [name, { requests }] of Object.entries(results)) {
    console.log(`\nrequests of the controller in the load "${name}" (watches appear when they end)`)
    for (const [what, count] of Object.entries(requests))
      console.log(`  ${what.padEnd(40)}${String(count).padStart(8)}`)
  }
}
process.exit(figures.every(isWithin) ? 0 : 1)
