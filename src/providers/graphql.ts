import * as z from 'zod'
import type { NetRequest } from '../kube/net.ts'
import { excerpt } from '../lib/excerpt.ts'
import { askJson, checkShape, type MetricSystem } from './http-answer.ts'
import type { MeasureContext } from './provider.ts'
import { ProviderError } from './provider-error.ts'

/** A query of a GraphQL service, and what answers it. */
export interface GraphqlQuestion<Answer extends z.ZodType> extends Pick<NetRequest, 'url' | 'headers' | 'timeoutMs'> {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  /** Shape of the whole answer: `{ data: … }`. */
  readonly answer: Answer
}

const failure = z.object({ errors: z.array(z.object({ message: z.string() })).min(1) })

/**
 * Asks a GraphQL service over HTTP and returns its answer. One with errors is an error as a whole, also where it has data
 * beside them (GraphQL, 7.1): a part of a measurement is none. Throws {@link ProviderError}.
 */
export const askGraphql = async <Answer extends z.ZodType>(
  { query, variables, answer, ...request }: GraphqlQuestion<Answer>,
  system: MetricSystem,
  context: MeasureContext,
): Promise<z.output<Answer>> => {
  const question = {
    ...request,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...request.headers },
    body: JSON.stringify({ query, variables }),
  }
  const json = await askJson(question, z.unknown(), system, context)
  const failed = failure.safeParse(json)
  if (failed.success) {
    throw new ProviderError(`graphql: ${excerpt(failed.data.errors.map(({ message }) => message).join('; '))}`)
  }
  return checkShape(json, answer, system)
}
