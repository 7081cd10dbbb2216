import type { DatadogMetric } from '../../api/providers/datadog.ts'
import { askJson } from '../http-answer.ts'
import type { Provider } from '../provider.ts'
import { datadogAccount } from './credentials.ts'
import { datadogRequest } from './request.ts'
import { checkDatadog } from './rules.ts'
import { judgeScalar, scalarAnswer } from './scalar-answer.ts'
import { judgeSeries, seriesAnswer } from './series-answer.ts'

/** Asks Datadog: v1 for the newest point of a series, v2 for a number, or one for each group. */
export const datadog: Provider<DatadogMetric> = {
  name: 'datadog',
  typeName: 'Datadog',
  specOf: (provider) => provider.datadog,
  start: async (spec, context) => {
    const times = checkDatadog(spec)
    const account = await datadogAccount(spec, context)
    const request = datadogRequest(spec, account, times, context.clock.now())
    const system = { title: 'Datadog', credentials: account.source }
    return spec.apiVersion === 'v2'
      ? judgeScalar(await askJson(request, scalarAnswer, system, context), context)
      : judgeSeries(await askJson(request, seriesAnswer, system, context), context)
  },
}
