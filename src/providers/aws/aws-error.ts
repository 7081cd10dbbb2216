/** AWS gave no keys, or no answer that can be used. Messages hold no credentials and say what to set. */
export class AwsError extends Error {
  override readonly name = 'AwsError'
}
