import { cpuOfANoOp, type Figure, heapPerRollout, requestsOfADay, requestsOfOneCanary } from './measure.ts'

const width = 52

const print = (title: string, figures: readonly Figure[]): void => {
  process.stdout.write(`\n${title}\n`)
  for (const { what, value } of figures) process.stdout.write(`  ${what.padEnd(width)}${value.padStart(10)}\n`)
}

const total = (figures: readonly Figure[]): Figure => ({
  what: 'total',
  value: String(figures.reduce((sum, { value }) => sum + Number(value), 0)),
})

const canary = await requestsOfOneCanary()
print('API requests of one canary: 5 replicas, 3 steps, a background analysis, from the patch to Healthy', [
  ...canary,
  total(canary),
])
const day = await requestsOfADay(1000)
print('API requests of 1,000 settled Rollouts in a day (one leader)', [...day, total(day)])
// Compiled code and freed leftovers of what ran before would count as negative memory.
await heapPerRollout(1000)
print('Memory', [await heapPerRollout(1000), await heapPerRollout(10_000)])
print('CPU', [await cpuOfANoOp(1000)])
