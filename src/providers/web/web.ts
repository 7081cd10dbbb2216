import type { WebMetric } from '../../api/providers/web.ts'
import { fromJson } from '../../expr/value.ts'
import type { NetRequest } from '../../kube/net.ts'
import { quoteString } from '../../lib/go-string.ts'
import type { DeepReadonly, Json } from '../../lib/json.ts'
import { findAll } from '../../lib/json-path/find.ts'
import { parseJsonPath } from '../../lib/json-path/parse.ts'
import { JsonPathError } from '../../lib/json-path/template.ts'
import { authenticatedNet } from '../authenticated-net.ts'
import { jsonText } from '../json-text.ts'
import { judge } from '../judge.ts'
import { errorOutcome, type MeasureContext, type Outcome, type Provider } from '../provider.ts'

type Spec = DeepReadonly<WebMetric>

/** A request that cannot be made, or an answer that cannot be used. Messages are the published ones where there are such. */
class WebError extends Error {
  override readonly name = 'WebError'
}

const defaultTimeoutSeconds = 10

/** RFC 9110, 5.6.2: a method is a token. */
const isMethod = (method: string): boolean => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method)

const bodyOf = ({ body, jsonBody }: Spec, method: string): { text: string; isJson: boolean } | undefined => {
  const hasText = body !== undefined && body !== ''
  if (!hasText && jsonBody === undefined) return undefined
  if (method !== 'POST' && method !== 'PUT') {
    throw new WebError('Body/JSONBody can only be used with POST or PUT WebMetric Method types')
  }
  if (hasText && jsonBody !== undefined) {
    throw new WebError('use either Body or JSONBody; both cannot exists for WebMetric payload')
  }
  return hasText ? { text: body, isJson: false } : { text: JSON.stringify(jsonBody), isJson: true }
}

const requestOf = (spec: Spec, context: MeasureContext): NetRequest => {
  const method = spec.method || 'GET'
  const body = bodyOf(spec, method)
  if (!isMethod(method)) throw new WebError(`net/http: invalid method ${quoteString(method)}`)
  const seconds =
    spec.timeoutSeconds !== undefined && spec.timeoutSeconds > 0 ? spec.timeoutSeconds : defaultTimeoutSeconds
  return {
    method,
    url: spec.url,
    ...(body?.isJson && { headers: { 'content-type': 'application/json' } }),
    timeoutMs: seconds * 1000,
    signal: context.signal,
    ...(body && { body: body.text }),
  }
}

const parseBody = (text: string): { json: Json } | undefined => {
  try {
    return { json: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** The first value that a path finds; literal text in the path counts. */
const firstMatch = (path: string, json: Json): Json => {
  const parsed = parseJsonPath(path)
  let found: Json[]
  try {
    found = findAll(parsed, json)
  } catch (error) {
    if (error instanceof JsonPathError)
      throw new WebError(`Could not find JSONPath in body: ${error.message}`, { cause: error })
    throw error
  }
  const [first] = found
  if (first === undefined) throw new WebError('result of web metric produced no value')
  return first
}

/** A body that is no JSON is itself the value, and no path applies to it: as published. */
const measure = async (spec: Spec, context: MeasureContext): Promise<Outcome> => {
  const path = spec.jsonPath || '{$}'
  parseJsonPath(path)
  const response = await authenticatedNet(spec, context).fetch(requestOf(spec, context))
  if (response.status < 200 || response.status > 299)
    throw new WebError(`received non 2xx response code: ${response.status}`)
  const body = parseBody(response.text)
  if (body === undefined) return judge(context, response.text, response.text)
  const value = firstMatch(path, body.json)
  return judge(context, fromJson(value), jsonText(value))
}

/** Asks a web service and takes a value out of its answer. */
export const web: Provider<WebMetric> = {
  name: 'web',
  typeName: 'Web',
  specOf: (provider) => provider.web,
  start: async (spec, context) => {
    try {
      return await measure(spec, context)
    } catch (error) {
      return errorOutcome(error)
    }
  },
}
