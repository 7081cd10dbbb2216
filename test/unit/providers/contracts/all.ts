import type { ProviderContract } from '../../../builders/provider-contract.ts'
import { datadogEnvironmentContract, datadogScalarContract, datadogSeriesContract } from './datadog.ts'

/** The contracts of all providers over HTTP, in the order of the documentation. A provider may have several. */
export const providerContracts: readonly ProviderContract[] = [
  datadogSeriesContract,
  datadogEnvironmentContract,
  datadogScalarContract,
]
