/**
 * A plugin of all three kinds, small enough to read and to start from. It imports nothing: the contract is all it needs.
 * What it does depends on its configuration:
 *
 * - metric: `{ value }` answers the value; with `seconds` it is there only that long after the first request
 * - router: keeps the intent; with `settleSeconds` the data plane takes that long to have it
 * - step: `{ seconds }` runs that long, and then succeeds; with `fails: true` it fails
 */

type Body = Record<string, unknown>

/** A request as it comes over HTTP. */
export interface PluginHttpRequest {
  readonly method: string
  readonly path: string
  readonly body: Body
}

/** What is answered. */
export interface PluginHttpAnswer {
  readonly status: number
  readonly body: Body
}

/** The last intent of a Rollout. */
export interface KeptIntent {
  readonly sequence: number
  readonly intent: Body
  readonly sinceMs: number
}

/** What the plugin remembers: kept outside of it, as a database would be, so that a restart can keep or lose it. */
export interface PluginMemory {
  readonly intents: Map<string, KeptIntent>
  /** Steps by Rollout and index: what was done to them, in order. */
  readonly steps: Map<string, string[]>
}

/** An empty memory. */
export const newMemory = (): PluginMemory => ({ intents: new Map(), steps: new Map() })

const objectOf = (value: unknown): Body => (typeof value === 'object' && value !== null ? { ...value } : {})
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0)

const ok = (body: Body): PluginHttpAnswer => ({ status: 200, body })
const refuse = (status: number, message: string): PluginHttpAnswer => ({ status, body: { message } })

const rolloutOf = (body: Body): string => {
  const { namespace, name } = objectOf(objectOf(body.rollout).metadata)
  return `${namespace}/${name}`
}

/** Makes the plugin. `now` gives milliseconds since the epoch. */
export const createReferencePlugin = (memory: PluginMemory, now: () => number, version = '1') => {
  const measure = (body: Body): PluginHttpAnswer => {
    const config = objectOf(body.config)
    const startedMs = Number(objectOf(objectOf(body.measurement).metadata).startedMs ?? now())
    const leftMs = startedMs + numberOf(config.seconds) * 1000 - now()
    if (leftMs > 0) {
      const metadata = { startedMs: String(startedMs) }
      return ok({ phase: 'Running', metadata, resumeAfterSeconds: Math.ceil(leftMs / 1000) })
    }
    if (config.value === undefined) return ok({ phase: 'Error', message: 'config.value is missing' })
    return ok({ value: config.value, metricMetadata: { plugin: `reference ${version}` } })
  }

  const stateOf = (body: Body, kept: KeptIntent): PluginHttpAnswer => {
    const settlesMs = kept.sinceMs + numberOf(objectOf(body.config).settleSeconds) * 1000
    return ok(settlesMs > now() ? { state: 'pending', message: 'the data plane follows' } : { state: 'verified' })
  }

  const sameIntent = (body: Body, kept: KeptIntent | undefined): kept is KeptIntent =>
    kept !== undefined && JSON.stringify(kept.intent) === JSON.stringify(body.intent)

  const route = (body: Body): PluginHttpAnswer => {
    const kept = memory.intents.get(rolloutOf(body))
    const sequence = numberOf(body.sequence)
    if (kept !== undefined && kept.sequence > sequence) return refuse(409, 'a later intent is in force')
    const sinceMs = sameIntent(body, kept) ? kept.sinceMs : now()
    const next = { sequence, intent: objectOf(body.intent), sinceMs }
    memory.intents.set(rolloutOf(body), next)
    return stateOf(body, next)
  }

  const verify = (body: Body): PluginHttpAnswer => {
    const kept = memory.intents.get(rolloutOf(body))
    return sameIntent(body, kept) ? stateOf(body, kept) : ok({ state: 'unknown' })
  }

  const note = (body: Body, what: string): void => {
    const key = `${rolloutOf(body)}/${body.index}`
    memory.steps.set(key, [...(memory.steps.get(key) ?? []), what])
  }

  const run = (body: Body): PluginHttpAnswer => {
    const config = objectOf(body.config)
    const startedMs = numberOf(objectOf(body.status).startedMs) || now()
    note(body, 'run')
    if (config.fails === true) return ok({ phase: 'Failed', message: 'told to fail' })
    const leftMs = startedMs + numberOf(config.seconds) * 1000 - now()
    const status = { startedMs }
    if (leftMs <= 0) return ok({ phase: 'Successful', message: 'done', status })
    return ok({ phase: 'Running', message: 'at work', requeueAfterSeconds: Math.ceil(leftMs / 1000), status })
  }

  const end = (what: string) => (body: Body) => {
    note(body, what)
    return ok({ phase: 'Successful', message: `${what} done` })
  }

  const handlers: Record<string, (body: Body) => PluginHttpAnswer> = {
    'GET /v1/describe': () => ok({ contract: 'v1', kinds: ['metric', 'router', 'step'], version }),
    'POST /v1/metric/run': measure,
    'POST /v1/metric/resume': measure,
    'POST /v1/metric/terminate': () => ok({ phase: 'Inconclusive', message: 'stopped' }),
    'POST /v1/metric/collect-garbage': () => ok({}),
    'PUT /v1/router/intent': route,
    'POST /v1/router/verify': verify,
    'POST /v1/step/run': run,
    'POST /v1/step/terminate': end('terminate'),
    'POST /v1/step/abort': end('abort'),
  }

  return ({ method, path, body }: PluginHttpRequest): PluginHttpAnswer =>
    handlers[`${method} ${path}`]?.(body) ?? refuse(404, `there is no ${method} ${path}`)
}
