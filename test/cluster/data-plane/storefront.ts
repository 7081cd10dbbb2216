import assert from 'node:assert/strict'
import { Agent } from 'node:http'

import { z } from 'zod'

import type { Rollout } from '../harness/objects.ts'
import type { Scene } from '../harness/scene.ts'
import type { Story } from '../harness/story.ts'
import { eventually } from '../harness/wait.ts'
import { type DataPlane, useDataPlane } from './data-plane.ts'
import { aRealRollout, aRealService, toRealVersion } from './manifest.ts'
import type { Proxied } from './proxied.ts'
import { ask, type RequestSettings, type Requests, startRequests } from './requests.ts'
import type { RunningProxy } from './running-proxy.ts'
import { sharesWithinSamplingError } from './sampling.ts'
import { failures, type Row, tableOf } from './table.ts'
import { type Counts, type Tally, total, type Window } from './tally.ts'

/** A shop whose users ask through the real proxy, and the table of what became of their requests. */
export interface Storefront {
  readonly scene: Scene
  readonly dataPlane: DataPlane
  /** How its users ask; testers may ask with headers of their own. */
  readonly users: RequestSettings
  readonly requests: Requests
  /** Changes the version, as a user does, and counts apart from now on. */
  release(tag: string): Promise<void>
  /** Waits for the pause at a step with this weight in the status. @throws ExpectationError */
  untilPausedAt(step: number, weight: number): Promise<Rollout>
  /** Waits until the Rollout reports that its routers have this weight, as far as they tell. @throws ExpectationError */
  untilRouted(weight: number): Promise<Rollout>
  /** Leaves the pause, as `kubectl argo rollouts promote` does. */
  promote(): Promise<void>
  abort(): Promise<void>
  /** From now on requests are counted under another name. */
  note(step: string): void
  /**
   * Waits until the proxy routes by a weight, then counts some hundred requests and compares: the version's share of the
   * answers is within the sampling error of its weight. @throws AssertionError, ExpectationError
   */
  expectShare(tag: string, weight: number): Promise<void>
  /** Waits until the proxy routes everything to the stable Service, and expects this version there. @throws AssertionError, ExpectationError */
  expectAll(tag: string): Promise<void>
  /** Waits until this version alone answers, users or those who ask in this way. @throws ExpectationError */
  untilAnsweredBy(tag: string, asked?: Asked): Promise<void>
  /** Ends the requests, prints the table, gives the sums, and removes the Rollout with its pods. */
  close(): Promise<Counts>
}

/** What tells some users from the others. */
export type Asked = Pick<RequestSettings, 'headers' | 'path'>

/** What a storefront is made of, beside its Services. */
export interface StorefrontSettings {
  readonly proxied: Proxied
  readonly strategy: object
  readonly spec?: object
  readonly perSecond?: number
}

/** Enough for the sampling error to be small against the steps between weights. */
const sampleSize = 500

const patience = { timeout: 60_000, interval: 50 }

/**
 * The canary's part of the weights that the proxy has for a namespace, 0 to 100; undefined while it has none. Rules for
 * routes of steps have no stable Service beside the canary.
 */
async function weightInForce(proxy: RunningProxy, namespace: string): Promise<number | undefined> {
  const all = await proxy.weights(namespace)
  const isSplit = (parts: object): boolean => Object.keys(parts).some((name) => name.includes('shop-stable'))
  const parts = all.find(isSplit) ?? all[0]
  if (parts === undefined) return undefined
  const entries = Object.entries(parts)
  const sum = entries.reduce((sofar, [, weight]) => sofar + weight, 0)
  const canary = entries
    .filter(([name]) => name.includes('shop-canary'))
    .reduce((sofar, [, weight]) => sofar + weight, 0)
  return (100 * canary) / sum
}

const addressed = z.object({
  spec: z.object({ containers: z.array(z.object({ image: z.string() })) }),
  status: z.object({ podIP: z.string().default('') }),
})

/**
 * Waits until the proxy knows pods of this version, and of no other, behind a Service. It learns of weights and of endpoints
 * one after the other: with a new weight it may ask pods for up to two seconds that the Service does not select any more.
 */
async function untilServedBy(tag: string, roles: readonly string[], proxy: RunningProxy, scene: Scene, story: Story) {
  await eventually(
    `${scene.namespace}: the proxy has ${tag} alone behind ${roles.join(' or ')}`,
    async () => {
      const lists = roles.map((role) => proxy.addresses(scene.namespace, `shop-${role}`))
      const known = (await Promise.all(lists)).flat()
      const pods = await story.cluster.plane.api.list(scene.listOf('Pod'), addressed)
      const imageAt = new Map(pods.map(({ spec, status }) => [status.podIP, spec.containers[0]?.image] as const))
      const images = [...new Set(known.map((address) => imageAt.get(address) ?? address))]
      return images.length === 1 && images[0] === `shop:${tag}` ? { found: undefined } : { missing: images.join(', ') }
    },
    patience,
  )
}

/** Waits until each of some requests in a row is answered by a version, and no other. */
async function untilAnsweredBy(tag: string, users: RequestSettings): Promise<void> {
  const agent = new Agent({ keepAlive: true })
  await eventually(
    `${users.host}: ${tag} alone answers`,
    async () => {
      const seen = new Set<string>()
      for (let sent = 0; sent < 20; sent += 1) {
        const { version, failure } = await ask(agent, users)
        seen.add(failure ?? version ?? 'nobody')
      }
      return seen.size === 1 && seen.has(tag) ? { found: undefined } : { missing: [...seen].join(', ') }
    },
    patience,
  )
  agent.destroy()
}

/** Rows of the windows in order, those without a request left out. */
function rowsOf(windows: readonly Window[], weights: ReadonlyMap<Window, number>): readonly Row[] {
  return windows
    .map((window) => ({
      step: window.label,
      weight: weights.has(window) ? `${weights.get(window)} %` : '',
      counts: window.counts(),
    }))
    .filter(({ counts }) => counts.sent > 0)
}

/** When requests failed, to be laid beside the logs: the seconds since the first request in which some did. */
function failingSeconds(seconds: ReadonlyMap<number, Counts>): readonly string[] {
  return [...seconds].flatMap(([second, counts]) =>
    failures(counts) === 0 ? [] : [`  second ${second}: ${failures(counts)} of ${counts.sent} failed`],
  )
}

/** Judges a window whose requests all have their outcome: the share of a version is within the sampling error of a weight. @throws AssertionError */
export function expectWithin(tag: string, percent: number, { answered }: Counts): void {
  const all = [...answered.values()].reduce((sum, count) => sum + count, 0)
  const share = (answered.get(tag) ?? 0) / all
  const { from, to } = sharesWithinSamplingError(percent / 100, all)
  const wanted = `not ${from} to ${to} as ${percent} % would`
  assert.ok(share >= from && share <= to, `${tag} answered ${share} of ${all} requests, ${wanted}`)
}

interface Deployed {
  readonly scene: Scene
  readonly users: RequestSettings
}

async function deploy(
  story: Story,
  detail: string,
  proxy: RunningProxy,
  { proxied, strategy, spec, perSecond = 100 }: StorefrontSettings,
): Promise<Deployed> {
  const scene = await story.openScene(detail)
  const host = `${scene.namespace}.test`
  const services = ['stable', 'canary', 'active', 'preview'].map((role) => aRealService(`shop-${role}`))
  await scene.create(...services, ...proxied.objects(host), aRealRollout(strategy, spec))
  await scene.untilPhase('Healthy')
  const users = { port: proxy.port, host, perSecond }
  await untilAnsweredBy('1.0', users)
  return { scene, users }
}

/** What a story prints when it closes its shop. */
function print(title: string, { windows, seconds }: Tally, weights: ReadonlyMap<Window, number>): Counts {
  const rows = rowsOf(windows(), weights)
  const all = total(rows.map(({ counts }) => counts))
  console.log(tableOf(title, [...rows, { step: 'all', weight: '', counts: all }]))
  for (const line of failingSeconds(seconds()).slice(0, 10)) console.log(line)
  return all
}

/**
 * Opens one: Services, the proxy's objects, the Rollout at version 1.0; users come when it is Healthy and served.
 * @throws HarnessError, ExpectationError
 */
export async function openStorefront(story: Story, detail: string, settings: StorefrontSettings): Promise<Storefront> {
  const dataPlane = await useDataPlane()
  const proxy = await settings.proxied.proxy(dataPlane)
  const { scene, users } = await deploy(story, detail, proxy, settings)
  const requests: Requests = startRequests(users, 'first deploy')
  story.atEnd(() => requests.stop())
  const { tally } = requests
  const weights = new Map<Window, number>()
  const untilInForce = (weight: number): Promise<void> =>
    eventually(
      `${users.host}: the proxy routes ${weight} % to the canary`,
      async () => {
        const now = await weightInForce(proxy, scene.namespace)
        return now === weight ? { found: undefined } : { missing: String(now) }
      },
      patience,
    )
  const sample = async (tag: string, weight: number, percent: number): Promise<void> => {
    await untilInForce(weight)
    await untilServedBy(tag, weight === 0 ? ['stable', 'active'] : ['canary'], proxy, scene, story)
    const window = tally.begin('at weight')
    weights.set(window, weight)
    await requests.untilFinished(window, sampleSize)
    tally.begin('going on')
    await requests.untilFinished(window, window.counts().sent)
    expectWithin(tag, percent, window.counts())
  }
  return {
    scene,
    dataPlane,
    users,
    requests,
    async release(tag) {
      tally.begin(`release of ${tag}`)
      await scene.patch('Rollout', 'shop', toRealVersion(tag))
    },
    untilPausedAt: (step, weight) =>
      scene.untilRollout(`paused at step ${step} with ${weight} %`, ({ status }) => {
        const isPaused = (status.pauseConditions ?? []).length > 0
        return isPaused && status.currentStepIndex === step && status.canary?.weights?.canary.weight === weight
      }),
    untilRouted: (weight) =>
      scene.untilRollout(`TrafficRouted with ${weight} %`, ({ status }) =>
        status.conditions.some(({ type, status: holds, message }) => {
          return type === 'TrafficRouted' && holds === 'True' && message.startsWith(`${weight} of 100 to shop-canary`)
        }),
      ),
    async promote() {
      tally.begin('next step')
      await scene.patch('Rollout', 'shop', { status: { pauseConditions: null } }, 'status')
    },
    async abort() {
      tally.begin('abort')
      await scene.patch('Rollout', 'shop', { status: { abort: true } }, 'status')
    },
    note(step) {
      tally.begin(step)
    },
    expectShare: (tag, weight) => sample(tag, weight, weight),
    expectAll: (tag) => sample(tag, 0, 100),
    untilAnsweredBy: (tag, asked = {}) => untilAnsweredBy(tag, { ...users, ...asked }),
    async close() {
      await requests.stop()
      const all = print(`# ${scene.namespace}: requests`, tally, weights)
      await story.cluster.plane.api.remove(scene.pathOf('Rollout', 'shop'))
      return all
    },
  }
}

/** No request of the story was lost, and there were some. @throws AssertionError */
export function expectNothingLost(counts: Counts): void {
  assert.ok(counts.sent > 0, 'no request was sent')
  assert.equal(failures(counts), 0, `requests failed: ${JSON.stringify([...counts.failed])}`)
}
