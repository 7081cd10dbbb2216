import type { InfluxdbMetric } from '../../api/providers/influxdb.ts'
import { formatValue } from '../../expr/format.ts'
import { list, type Value } from '../../expr/value.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { readAccount } from '../account-secret.ts'
import { addressBelow, ask } from '../http-answer.ts'
import { judge } from '../judge.ts'
import { ownNamespaceOf } from '../own-namespace.ts'
import type { MeasureContext, Provider } from '../provider.ts'
import { NoDataError, ProviderError } from '../provider-error.ts'
import { readAnnotatedCsv } from './annotated-csv.ts'

type Spec = DeepReadonly<InfluxdbMetric>

const defaultSecret = 'influxdb'
const timeoutMs = 30_000

const accountOf = ({ profile }: Spec, context: MeasureContext) =>
  readAccount(
    {
      namespace: ownNamespaceOf(context),
      name: profile || defaultSecret,
      required: ['authToken', 'org', 'address'],
      shown: ['org', 'address'],
      missing: 'authToken, org, or address not found',
    },
    context,
  )

/** The annotations that the types of values are read from. */
const dialect = { annotations: ['datatype', 'group', 'default'], delimiter: ',', header: true }

/** Asks as InfluxDB documents for `POST /api/v2/query`. */
const valuesOf = async (spec: Spec, context: MeasureContext): Promise<Value[]> => {
  const { query = '' } = spec
  if (query.trim() === '') throw new ProviderError('provider.influxdb.query: must be a Flux query')
  const { values: account, source } = await accountOf(spec, context)
  const url = addressBelow(account.address, 'api/v2/query', 'the address of InfluxDB')
  url.search = new URLSearchParams({ org: account.org }).toString()
  const question = {
    method: 'POST',
    url: url.href,
    headers: {
      authorization: `Token ${account.authToken.trim()}`,
      'content-type': 'application/json',
      accept: 'application/csv',
    },
    body: JSON.stringify({ query, type: 'flux', dialect }),
    timeoutMs,
  }
  return readAnnotatedCsv((await ask(question, { title: 'InfluxDB', credentials: source }, context)).text)
}

/** Asks InfluxDB by Flux: the values of all records, as a list. */
export const influxdb: Provider<InfluxdbMetric> = {
  name: 'influxdb',
  typeName: 'Influxdb',
  specOf: (provider) => provider.influxdb,
  start: async (spec, context) => {
    const values = await valuesOf(spec, context)
    if (values.length === 0) throw new NoDataError('no results returned from flux query')
    const result = list(values)
    return judge(context, result, formatValue(result))
  },
}
