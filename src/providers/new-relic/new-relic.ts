import * as z from 'zod'
import type { NewRelicMetric } from '../../api/providers/new-relic.ts'
import { fromJson } from '../../expr/value.ts'
import type { DeepReadonly, Json } from '../../lib/json.ts'
import { askGraphql } from '../graphql.ts'
import { jsonText } from '../json-text.ts'
import { judge } from '../judge.ts'
import type { MeasureContext, Outcome, Provider } from '../provider.ts'
import { NoDataError, ProviderError } from '../provider-error.ts'
import { newRelicAccount } from './account.ts'

/** New Relic, "Use NerdGraph to run NRQL queries". A query that takes longer than its timeout ends in an error of NerdGraph. */
const document = `query ($accountId: Int!, $query: Nrql!, $timeout: Seconds) {
  actor { account(id: $accountId) { nrql(query: $query, timeout: $timeout) { results } } }
}`

const row = z.record(z.string(), z.json())

const answer = z.object({
  data: z.object({
    actor: z.object({ account: z.object({ nrql: z.object({ results: z.array(row).nullable() }) }) }),
  }),
})

const defaultTimeoutSeconds = 5
/** New Relic must have the time to say that a query took too long. */
const graceSeconds = 5

const timeoutSeconds = ({ timeout = 0 }: DeepReadonly<NewRelicMetric>): number => {
  if (timeout < 0) throw new ProviderError('provider.newRelic.timeout: must be a positive number of seconds')
  return timeout === 0 ? defaultTimeoutSeconds : timeout
}

const rowsOf = async (spec: DeepReadonly<NewRelicMetric>, context: MeasureContext): Promise<readonly Json[]> => {
  const timeout = timeoutSeconds(spec)
  if (spec.query.trim() === '') throw new ProviderError('provider.newRelic.query: must be an NRQL query')
  const { url, apiKey, accountId, source } = await newRelicAccount(spec.profile, context)
  const { data } = await askGraphql(
    {
      url,
      headers: { 'api-key': apiKey },
      timeoutMs: (timeout + graceSeconds) * 1000,
      query: document,
      variables: { accountId, query: spec.query, timeout },
      answer,
    },
    { title: 'New Relic', credentials: source },
    context,
  )
  return (data.actor.account.nrql.results ?? []).filter((one) => Object.keys(one).length > 0)
}

const outcomeOf = (rows: readonly Json[], context: MeasureContext): Outcome => {
  const [first] = rows
  if (first === undefined) throw new NoDataError('no results returned from NRQL query')
  const result = rows.length === 1 ? first : [...rows]
  return judge(context, fromJson(result), jsonText(result))
}

/** Asks New Relic by NRQL: a map for one row, a list of maps for several. */
export const newRelic: Provider<NewRelicMetric> = {
  name: 'newRelic',
  typeName: 'NewRelic',
  specOf: (provider) => provider.newRelic,
  metadataOf: ({ query }) => ({ ResolvedNewRelicQuery: query }),
  start: async (spec, context) => outcomeOf(await rowsOf(spec, context), context),
}
