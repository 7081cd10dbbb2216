import { describeProviderContract } from '../../../builders/provider-contract.ts'
import { providerContracts } from './all.ts'

for (const contract of providerContracts) describeProviderContract(contract)
