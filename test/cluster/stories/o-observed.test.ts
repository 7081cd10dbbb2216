import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'

import { dashboards } from '../../../scripts/generate/dashboards/files.ts'
import { type Collector, startCollector } from '../harness/collector.ts'
import { expectDeployed, expectPromoted } from '../harness/expectations.ts'
import { freePort } from '../harness/ports.ts'
import type { RunningProcess } from '../harness/process.ts'
import { type Prometheus, startPrometheus } from '../harness/prometheus.ts'
import type { Shop } from '../harness/release.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { byGateway } from '../harness/variants.ts'
import { eventually } from '../harness/wait.ts'
import { takeDashboardPicture } from '../pictures/dashboard-picture.ts'

const repository = join(import.meta.dirname, '..', '..', '..')

/** Panels that stay empty in a release without failures, experiments and analysis: nothing of what they show has happened. */
const mayBeEmpty = ['Measurements', 'Warnings', 'Requests that were refused, a second', 'Keys that wait']

const eventSchema = z.object({
  reason: z.string(),
  metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }),
})

/** Besides the log there is what Node itself says. */
const logLines = (text: string): Record<string, unknown>[] =>
  text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))

describe('(o) a release is observed from outside', () => {
  let story: Story
  let collector: Collector
  let controller: RunningProcess
  let shop: Shop
  let prometheus: Prometheus
  let begin = 0
  const ports = { metrics: 0, profiles: 0 }
  const read = async (port: number, path: string): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`)
    assert.equal(answer.status, 200, path)
    return answer.text()
  }

  before(async () => {
    story = await tellStory('o')
    collector = await startCollector()
    begin = Date.now() / 1000
    Object.assign(ports, { metrics: await freePort(), profiles: await freePort() })
    controller = await story.installation.startController(
      'o-controller',
      [
        ...['--leader-elect=false', '--traces=otlp', `--enable-pprof-address=127.0.0.1:${ports.profiles}`],
        `--metricsPort=${ports.metrics}`,
      ],
      { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    )
    prometheus = await startPrometheus(join(story.cluster.plane.directory, 'o-pictures'))
    await writeFile(prometheus.targetsFile, JSON.stringify([{ targets: [`127.0.0.1:${ports.metrics}`] }]))
    shop = await story.openShop(byGateway)
    await expectDeployed(shop, 'shop:1.0')
    await shop.setImage('shop:1.1-good')
    await expectPromoted(shop, 'shop:1.1-good')
  })

  after(async () => {
    await controller.stop()
    await prometheus.stop()
    collector.stop()
    await story.end()
  })

  it('as a trace with a span for each step, which its events lead to', async () => {
    const stepsOf = ({ spanId }: { spanId: string }) =>
      collector.spans.filter(({ parentSpanId }) => parentSpanId === spanId)
    const release = await eventually('the release is collected', async () => {
      const found = collector.spans.findLast((span) => span.name === 'release shop' && stepsOf(span).length > 2)
      return found === undefined ? { missing: collector.spans.map(({ name }) => name).join(', ') } : { found }
    })
    assert.ok(stepsOf(release).every(({ traceId }) => traceId === release.traceId))
    assert.ok(stepsOf(release).some(({ name }) => name === 'promotion'))
    assert.deepEqual(collector.refused, [])
    const events = await story.cluster.plane.api.list(`/api/v1/namespaces/${shop.namespace}/events`, eventSchema)
    const linked = events.filter(({ metadata }) => metadata.annotations['crossfade.dev/trace-id'] === release.traceId)
    assert.ok(linked.some(({ reason }) => reason === 'RolloutCompleted'))
  })

  it('by metrics', async () => {
    const missing = (text: string): string[] => expected.filter((series) => !text.includes(`\n${series}`))
    const expected = [
      `rollout_info{namespace="${shop.namespace}",name="shop",strategy="canary",traffic_router="GatewayAPI",phase="Completed"} 1`,
      `crossfade_rollout_phase_start_time_seconds{namespace="${shop.namespace}",name="shop",phase="Healthy"} `,
      'crossfade_router_writes_total{router="gatewayAPI",kind="HTTPRoute",verb="patch",result="done"} ',
      'rollout_duration_seconds_count{status="Promoted"} ',
      'crossfade_leader 1',
      'process_resident_memory_bytes ',
    ]
    // The release is over for users before the pods of the version before are gone.
    await eventually('the metrics tell of it', async () => {
      const absent = missing(await read(ports.metrics, '/metrics'))
      return absent.length === 0 ? { found: true } : { missing: absent.join(' and ') }
    })
  })

  /** The end of the release is the last that a panel shows: Prometheus has all once it has seen that. */
  const untilScraped = (): Promise<readonly number[]> =>
    eventually('Prometheus tells of the release that ended', async () => {
      const found = await prometheus.query('increase(rollout_duration_seconds_count{status="Promoted"}[6h]) > 0')
      return found.length > 0 ? { found } : { missing: 'an increase of rollout_duration_seconds_count' }
    })

  for (const dashboard of dashboards) {
    it(`on the dashboard "${dashboard.title}", of which dist/pictures/${dashboard.uid}.png is a picture`, async () => {
      await untilScraped()
      // A second more, since the steps of a range seldom end with it.
      const range = { from: begin, to: Date.now() / 1000 + 1 }
      const file = join(repository, 'dist', 'pictures', `${dashboard.uid}.png`)
      const { shown, empty, size } = await takeDashboardPicture(dashboard, prometheus.url, range, file)
      assert.deepEqual(
        empty.filter((title) => !mayBeEmpty.includes(title)),
        [],
      )
      assert.equal(shown.length + empty.length, dashboard.rows.flatMap(({ panels }) => panels).length)
      assert.ok(size[0] === 1440 && size[1] > 900, `${size}`)
    })
  }

  it('by its log, with one line for each transition', () => {
    const own = logLines(controller.tail(10_000)).filter(({ rollout }) => rollout === `${shop.namespace}/shop`)
    const said = (msg: string): Record<string, unknown>[] => own.filter((line) => line.msg === msg)
    assert.equal(said('a release began').length, 2)
    assert.deepEqual(
      said('a release ended').map(({ status }) => status),
      ['Promoted', 'Promoted'],
    )
    // The first deploy passes all steps at once.
    const [first, ...steps] = said('the step of a Rollout changed').map(({ step }) => step)
    assert.deepEqual(steps, [...new Set(steps)])
    assert.equal(steps.at(-1), first)
    assert.equal(said('the phase of a Rollout changed').at(-1)?.phase, 'Healthy')
  })

  it('by profiles of the controller', async () => {
    assert.match(await read(ports.profiles, '/debug/pprof/profile?seconds=0.2'), /"nodes":\[/)
    assert.match((await read(ports.profiles, '/debug/pprof/heap')).slice(0, 100), /^\{"snapshot"/)
  })

  it('and it ends in order when it is asked to', async () => {
    const began = performance.now()
    await controller.stop()
    assert.equal(controller.exit(), 0)
    assert.ok(performance.now() - began < 10_000)
  })
})
