import { describeProviderContract } from '../../../builders/provider-contract.ts'
import { providerContracts } from './all.ts'
import { describeJobContract } from './job.ts'

for (const contract of providerContracts) describeProviderContract(contract)

describeJobContract()
