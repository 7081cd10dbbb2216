import { readAccount } from '../account-secret.ts'
import { addressBelow } from '../http-answer.ts'
import { ownNamespaceOf } from '../own-namespace.ts'
import type { MeasureContext } from '../provider.ts'
import { ProviderError } from '../provider-error.ts'

/** How to reach New Relic. */
export interface NewRelicAccount {
  readonly url: string
  readonly apiKey: string
  readonly accountId: number
  /** For messages: what to look at when the key is refused. */
  readonly source: string
}

const defaultSecret = 'newrelic'

/** New Relic, "Introduction to NerdGraph": one endpoint a region. */
const endpoints: Readonly<Record<string, string>> = {
  us: 'https://api.newrelic.com/graphql',
  eu: 'https://api.eu.newrelic.com/graphql',
  staging: 'https://staging-api.newrelic.com/graphql',
}

const endpointOf = (region: string | undefined, baseUrl: string | undefined, secret: string): string => {
  if (baseUrl) return addressBelow(baseUrl, '', `base-url-nerdgraph in the Secret ${secret}`).href.replace(/\/$/, '')
  const endpoint = endpoints[(region || 'us').trim().toLowerCase()]
  if (endpoint !== undefined) return endpoint
  throw new ProviderError(`unknown region ${JSON.stringify(region)} in the Secret ${secret}: use us or eu`)
}

/**
 * Reads the account from the Secret that is named like the profile, in the namespace of the controller. `base-url-rest` is not read:
 * queries go through NerdGraph alone. Throws {@link ProviderError}.
 */
export const newRelicAccount = async (
  profile: string | undefined,
  context: MeasureContext,
): Promise<NewRelicAccount> => {
  const namespace = ownNamespaceOf(context)
  const name = profile || defaultSecret
  const { values, source } = await readAccount(
    {
      namespace,
      name,
      required: ['personal-api-key', 'account-id'],
      shown: ['region', 'base-url-rest', 'base-url-nerdgraph'],
      missing: 'account ID or personal API key not found',
    },
    context,
  )
  const { 'personal-api-key': apiKey, 'account-id': accountId, region, 'base-url-nerdgraph': baseUrl } = values
  if (!/^\s*\d{1,15}\s*$/.test(accountId)) {
    throw new ProviderError(
      `could not parse account ID: account-id in the Secret ${namespace}/${name} must be a number`,
    )
  }
  const url = endpointOf(region, baseUrl, `${namespace}/${name}`)
  return { url, apiKey: apiKey.trim(), accountId: Number(accountId), source }
}
