import { ProviderError } from '../provider-error.ts'

/** AWS gave no keys, or no answer that can be used. Messages hold no credentials and say what to set. */
export class AwsError extends ProviderError {
  override readonly name = 'AwsError'
}
