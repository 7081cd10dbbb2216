import { type Net, NetFailure, type NetRequest, type NetResponse } from '../../src/kube/net.ts'
import { TimeoutError } from '../../src/lib/deadline.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { pluginConfig, pluginName } from '../builders/plugins.ts'
import { createReferencePlugin, newMemory, type PluginHttpAnswer } from '../reference-plugin/reference-plugin.ts'
import { type Story, type StoryOptions, story } from './harness.ts'

const host = 'plugin.tools'

/** A request that the plugin got. */
export interface SeenCall {
  readonly timeMs: number
  readonly method: string
  readonly path: string
  readonly body: Record<string, unknown>
  readonly headers: Readonly<Record<string, string>>
}

/** The reference plugin at an address of the sandbox's network, and what may go wrong with it. */
export class PluginHost {
  readonly calls: SeenCall[] = []
  /** Kept over restarts, unless a story clears it. */
  readonly memory = newMemory()
  /** Nobody answers at the address. */
  isDown = false
  latencyMs = 10
  /** How long an answer is on its way, when all that was asked is done. */
  answerDelayMs = 0
  /** Answers instead of the plugin where it gives something. */
  instead: (call: SeenCall) => PluginHttpAnswer | undefined = () => undefined

  /** What the plugin itself makes of a call. */
  perform: (call: SeenCall) => PluginHttpAnswer = () => ({ status: 503, body: {} })

  /** The network of a sandbox with the plugin in it. */
  on({ net, clock, startMs }: Sandbox): Net {
    this.perform = createReferencePlugin(this.memory, () => clock.now())
    const wait = (ms: number, { signal }: NetRequest): Promise<void> =>
      clock.sleep(ms, signal).catch((cause: unknown) => {
        throw new NetFailure(`${host}: cancelled`, { cause })
      })
    const answer = async (request: NetRequest): Promise<NetResponse> => {
      const { method, timeoutMs, url, body = '{}', headers = {} } = request
      await wait(Math.min(this.latencyMs, timeoutMs), request)
      if (this.isDown) throw new NetFailure(`${host}: connect ECONNREFUSED`)
      if (this.latencyMs >= timeoutMs) {
        const cause = new TimeoutError(`no whole answer within ${timeoutMs} ms`)
        throw new NetFailure(`${host}: ${cause.message}`, { cause })
      }
      const call = {
        timeMs: clock.now() - startMs,
        method,
        path: new URL(url).pathname,
        body: JSON.parse(body),
        headers,
      }
      if (method !== 'GET') this.calls.push(call)
      const answered = this.instead(call) ?? this.perform(call)
      await wait(this.answerDelayMs, request)
      return { status: answered.status, headers: {}, text: JSON.stringify(answered.body) }
    }
    return { fetch: (request) => (new URL(request.url).host === host ? answer(request) : net.fetch(request)) }
  }

  /** What was asked, in order: the last part of each path. */
  get asked(): readonly string[] {
    return this.calls.map(({ path }) => path.split('/').at(-1) ?? '')
  }
}

/** The ConfigMap that configures the plugin at its address, or otherwise. */
export const pluginConfigMap = (fields: object = { location: `http://${host}` }, name = pluginName) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'argo-rollouts-config', namespace: 'default' },
  data: pluginConfig({ name, ...fields }),
})

/** A story with the reference plugin in the network. */
export const pluginStory = (
  title: string,
  tell: (story: Story, host: PluginHost) => Promise<void>,
  options: StoryOptions = {},
): void => {
  const host = new PluginHost()
  story(title, { ...options, net: (sandbox) => host.on(sandbox) }, (told) => tell(told, host))
}
