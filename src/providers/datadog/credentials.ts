import type { DatadogMetric } from '../../api/providers/datadog.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { readAccount } from '../account-secret.ts'
import { ownNamespaceOf } from '../own-namespace.ts'
import type { MeasureContext } from '../provider.ts'
import { ProviderError } from '../provider-error.ts'

/** How to reach Datadog, and where that was found. */
export interface DatadogAccount {
  readonly address: string
  readonly apiKey: string
  readonly appKey: string
  /** For messages: what to look at when the keys are refused. */
  readonly source: string
}

const defaultAddress = 'https://api.datadoghq.com'
const defaultSecret = 'datadog'

const fromSecret = async (namespace: string, name: string, context: MeasureContext): Promise<DatadogAccount> => {
  const { values, source } = await readAccount(
    {
      namespace,
      name,
      required: ['api-key', 'app-key'],
      shown: ['address'],
      missing: 'failed to find the credentials for datadog metrics provider',
    },
    context,
  )
  const { address, 'api-key': apiKey, 'app-key': appKey } = values
  return { address: address || defaultAddress, apiKey: apiKey.trim(), appKey: appKey.trim(), source }
}

/** The three variables count only together, as published. */
const fromEnvironment = ({ surroundings, secrets }: MeasureContext): DatadogAccount | undefined => {
  const { DD_ADDRESS: address, DD_API_KEY: apiKey, DD_APP_KEY: appKey } = surroundings.env
  if (address === undefined || !apiKey || !appKey) return undefined
  secrets.hide(apiKey)
  secrets.hide(appKey)
  const source = 'DD_API_KEY and DD_APP_KEY in the environment of the controller'
  return { address: address || defaultAddress, apiKey: apiKey.trim(), appKey: appKey.trim(), source }
}

/**
 * Finds the account where the published controller looks for it: in the Secret that the metric names (in the namespace of the run where it
 * says so); without one in the environment, then in the Secret `datadog` of the controller's namespace. Throws {@link ProviderError}.
 */
export const datadogAccount = async (
  { secretRef }: DeepReadonly<DatadogMetric>,
  context: MeasureContext,
): Promise<DatadogAccount> => {
  const own = ownNamespaceOf(context)
  const name = secretRef?.name ?? ''
  if (secretRef?.namespaced && name === '') {
    throw new ProviderError('provider.datadog.secretRef.name: secret name is required for namespaced credentials')
  }
  if (name === '') return fromEnvironment(context) ?? fromSecret(own, defaultSecret, context)
  return fromSecret(secretRef?.namespaced ? (context.run.metadata.namespace ?? own) : own, name, context)
}
