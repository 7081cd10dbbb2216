import type { WavefrontMetric } from '../../api/providers/wavefront.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { addressBelow, askJson } from '../http-answer.ts'
import { ownNamespaceOf } from '../own-namespace.ts'
import type { MeasureContext, Provider } from '../provider.ts'
import { ProviderError } from '../provider-error.ts'
import { judgeWavefront, wavefrontAnswer } from './answer.ts'

type Spec = DeepReadonly<WavefrontMetric>

const secretName = 'wavefront-api-tokens'
const timeoutMs = 30_000
const field = 'provider.wavefront.address'

/** Addresses are plain hosts, as published; with a scheme they are taken as they are. */
const baseOf = (address: string): string => (/^https?:\/\//.test(address) ? address : `https://${address}`)

/**
 * The Secret has a token for each address. Its keys cannot spell a scheme or a port: the host alone stands for those. Throws
 * {@link ProviderError}, and what reading a Secret throws.
 */
const tokenFor = async (address: string, context: MeasureContext): Promise<{ token: string; source: string }> => {
  const namespace = ownNamespaceOf(context)
  const tokens = await context.secrets.read(namespace, secretName)
  const { hostname } = addressBelow(baseOf(address), '', field)
  const token = (tokens[address] ?? tokens[hostname] ?? '').trim()
  const source = `${hostname} in the Secret ${namespace}/${secretName}`
  if (token === '') throw new ProviderError(`API token not found: set ${source}`)
  return { token, source }
}

/** One point, the nearest to now: start and end are the same instant, and series outside of it count. */
const queryUrl = (address: string, query: string, nowMs: number): string => {
  const instant = String(Math.floor(nowMs / 1000) * 1000)
  const url = addressBelow(baseOf(address), 'api/v2/chart/api', field)
  url.search = new URLSearchParams({ q: query, s: instant, e: instant, g: 's', p: '1', i: 'true' }).toString()
  return url.href
}

/** Asks Wavefront (VMware Aria Operations for Applications) for the values of now. */
export const wavefront: Provider<WavefrontMetric> = {
  name: 'wavefront',
  typeName: 'Wavefront',
  specOf: (provider) => provider.wavefront,
  start: async ({ address = '', query = '' }: Spec, context) => {
    if (address === '')
      throw new ProviderError(`${field}: must be the host of Wavefront, such as example.wavefront.com`)
    if (query.trim() === '') throw new ProviderError('provider.wavefront.query: must be a query')
    const { token, source } = await tokenFor(address, context)
    const question = {
      method: 'GET',
      url: queryUrl(address, query, context.clock.now()),
      headers: { authorization: `Bearer ${token}` },
      timeoutMs,
    }
    const system = { title: 'Wavefront', credentials: source }
    return judgeWavefront(await askJson(question, wavefrontAnswer, system, context), context)
  },
}
