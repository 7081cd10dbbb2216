import { type Net, NetFailure, type NetRequest, type NetResponse } from '../../src/kube/net.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { type Story, type StoryOptions, story } from './harness.ts'

const host = 'hooks.example'

/** A notification that arrived. */
export interface Arrival {
  readonly timeMs: number
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
}

/** A webhook in the sandbox's network, and what may go wrong with it. */
export class NotificationHost {
  readonly arrivals: Arrival[] = []
  latencyMs = 20
  /** The status of an answer, given how many requests came before. */
  status: (before: number) => number = () => 200
  #requests = 0

  /** The network of a sandbox with the webhook in it. */
  on({ net, clock, startMs }: Sandbox): Net {
    const answer = async ({ body = '', headers = {}, signal, timeoutMs }: NetRequest): Promise<NetResponse> => {
      const status = this.status(this.#requests++)
      if (status < 300) this.arrivals.push({ timeMs: clock.now() - startMs, text: body, headers })
      await clock.sleep(Math.min(this.latencyMs, timeoutMs), signal).catch((cause: unknown) => {
        throw new NetFailure(`${host}: cancelled`, { cause })
      })
      if (this.latencyMs >= timeoutMs) throw new NetFailure(`${host}: no answer within ${timeoutMs} ms`)
      return { status, headers: {}, text: status < 300 ? 'ok' : 'go away' }
    }
    return { fetch: (request) => (new URL(request.url).host === host ? answer(request) : net.fetch(request)) }
  }

  /** How many requests came, arrived or not. */
  get requests(): number {
    return this.#requests
  }

  /** What arrived, in order. */
  get texts(): readonly string[] {
    return this.arrivals.map(({ text }) => text)
  }
}

const webhook = `
url: http://${host}/releases
headers:
- name: X-Token
  value: $hook-token
`

const template = (text: string): string =>
  JSON.stringify({ message: text, webhook: { hook: { method: 'POST', body: text } } })

/** A ConfigMap that tells the webhook `hook`, by a template each, what the triggers are named after. */
export const notificationConfigMap = (data: Readonly<Record<string, string>>, namespace = 'argo-rollouts') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'argo-rollouts-notification-configmap', namespace },
  data: { 'service.webhook.hook': webhook, ...data },
})

/** A trigger that sends one text, which may be a template. */
export const trigger = (name: string, text: string, condition: object = {}): Readonly<Record<string, string>> => ({
  [`trigger.${name}`]: JSON.stringify([{ send: [name], ...condition }]),
  [`template.${name}`]: template(text),
})

/** The token with which the webhook is called. */
export const hookToken = 'a-token-that-nobody-sees'

/** The Secret that the webhook's configuration refers to. */
export const notificationSecret = (namespace = 'argo-rollouts') => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'argo-rollouts-notification-secret', namespace },
  data: { 'hook-token': Buffer.from(hookToken).toString('base64') },
})

/** The annotation that subscribes the webhook to a trigger. */
export const subscribe = (...triggers: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(triggers.map((name) => [`notifications.argoproj.io/subscribe.${name}.hook`, '']))

/** A story with a webhook in the network that is told of releases. */
export const notificationStory = (
  title: string,
  tell: (story: Story, host: NotificationHost) => Promise<void>,
  options: StoryOptions = {},
): void => {
  const hook = new NotificationHost()
  const notifications = { selfService: false }
  story(title, { notifications, ...options, net: (sandbox) => hook.on(sandbox) }, (told) => tell(told, hook))
}
