import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import { dashboards } from '../../../scripts/generate/dashboards/files.ts'
import { type CataloguedMetric, metricCatalogue } from '../../../scripts/generate/metric-catalogue.ts'
import { type Prometheus, startPrometheus } from '../harness/prometheus.ts'
import { eventually } from '../harness/wait.ts'

/** Values of labels by which panels choose. */
const chosen: Readonly<Record<string, string>> = {
  type: 'Warning',
  status_code: '409',
  phase: 'Paused',
  result: 'done',
}

const labelsOf = ({ name, labels }: CataloguedMetric): string =>
  labels
    .map((label) => {
      const queue = label === 'name' && name.startsWith('workqueue_')
      return `${label}="${queue ? 'rollouts' : (chosen[label] ?? 'web')}"`
    })
    .join(',')

/** What a controller would tell: one series of each metric, all of them rising. */
const exposition = (now: number): string => {
  const lines = metricCatalogue().flatMap((metric) => {
    const { name, type, buckets } = metric
    const labels = labelsOf(metric)
    const separator = labels === '' ? '' : ','
    if (type !== 'histogram')
      return [`# TYPE ${name} ${type}`, `${name}{${labels}} ${name === 'crossfade_leader' ? 1 : now}`]
    const bounds = [...buckets.map(String), '+Inf']
    const sums = [`${name}_sum{${labels}} ${now}`, `${name}_count{${labels}} ${now}`]
    return [
      `# TYPE ${name} histogram`,
      ...bounds.map((le) => `${name}_bucket{${labels}${separator}le="${le}"} ${now}`),
      ...sums,
    ]
  })
  const ofTheProcess = [
    'nodejs_eventloop_lag_p99_seconds',
    'process_resident_memory_bytes',
    'process_cpu_seconds_total',
  ]
  return [...lines, ...ofTheProcess.map((name) => `${name} ${now}`), ''].join('\n')
}

describe('the dashboards, on a real Prometheus', () => {
  let directory: string
  let prometheus: Prometheus
  let server: Server

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'crossfade-dashboards-'))
    server = createServer((_, response) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4')
      response.end(exposition(performance.now()))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = z.object({ port: z.number() }).parse(server.address())
    prometheus = await startPrometheus(directory)
    await writeFile(prometheus.targetsFile, JSON.stringify([{ targets: [`127.0.0.1:${port}`] }]))
    await eventually('two scrapes', async () => {
      const [scrapes = 0] = await prometheus.query('count_over_time(crossfade_leader[1m])')
      return scrapes >= 3 ? { found: scrapes } : { missing: `${scrapes}` }
    })
  })
  after(async () => {
    await prometheus.stop()
    server.close()
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  })

  for (const { title, rows } of dashboards) {
    for (const panel of rows.flatMap(({ panels }) => panels)) {
      it(`${title}, ${panel.title}: has something to show`, async () => {
        for (const { promql } of panel.queries) {
          const found = await prometheus.query(promql.replaceAll(/\$[a-z]+/g, '.*'))
          assert.ok(found.length > 0, promql)
        }
      })
    }
  }
})
