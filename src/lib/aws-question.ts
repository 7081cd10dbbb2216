/** A question to an API of AWS that is asked by parameters (AWS, "Query requests"). */
export interface AwsQuestion {
  /** The service as signatures name it, which is how its host begins too. */
  readonly service: string
  /** The service in the name of the environment variable that gives it another address. */
  readonly endpointId: string
  /** Version of its API, such as `2015-12-01`. */
  readonly version: string
  readonly action: string
  readonly parameters: Readonly<Record<string, string>>
  /** An address or a resource name in which the region is found, before AWS_REGION. */
  readonly about: string
}

/** Asks in the name of the controller, and returns the answer, which is XML. Rejects with a reason for people. */
export type AskAws = (question: AwsQuestion, signal: AbortSignal) => Promise<string>
