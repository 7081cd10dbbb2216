import type { NetResponse } from '../../kube/net.ts'
import type { AwsQuestion } from '../../lib/aws-question.ts'
import { elementAt, parseXml, type XmlElement } from '../../lib/xml.ts'
import { AwsError } from './aws-error.ts'
import { awsEndpoint } from './endpoint.ts'
import { awsKeys, awsRegion } from './keys.ts'
import { signRequest } from './sigv4.ts'
import type { AwsContext } from './sts.ts'

const timeoutMs = 10_000

const faultOf = (text: string): string => {
  let answer: XmlElement
  try {
    answer = parseXml(text)
  } catch {
    // A proxy in between answers in HTML.
    return ''
  }
  const error = answer.name === 'ErrorResponse' ? elementAt(answer, 'Error') : elementAt(answer, 'Errors', 'Error')
  return [elementAt(error, 'Code').text, elementAt(error, 'Message').text].filter(Boolean).join(': ')
}

const checked = ({ status, text }: NetResponse, { service, action }: AwsQuestion): string => {
  if (status === 200) return text
  const fault = faultOf(text)
  const advice =
    status === 403 || status === 401 ? `; allow ${service}:${action} in the IAM role of the controller` : ''
  throw new AwsError(`${action}: AWS ${service} answered ${status}${fault === '' ? '' : ` ${fault}`}${advice}`)
}

/** The region of an address, or of an Amazon resource name, which has it as its fourth part. */
const regionHint = (about: string): string => {
  const [arn, , , region = ''] = about.split(':')
  return arn === 'arn' ? `.${region}.amazonaws` : about
}

/**
 * Asks an API of AWS that takes parameters and answers in XML, with the keys that the controller has, and returns the
 * answer. Rejects with {@link AwsError}, which says what to set, and with NetFailure.
 */
export const askQueryApi = async (question: AwsQuestion, context: AwsContext): Promise<string> => {
  const { service, endpointId, version, action, parameters, about } = question
  const region = await awsRegion({}, regionHint(about), context)
  const keys = await awsKeys({}, region, context)
  const request = {
    method: 'POST',
    url: `${awsEndpoint({ id: endpointId, host: service }, region, context.surroundings.env)}/`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ Action: action, Version: version, ...parameters }).toString(),
    timeoutMs,
    signal: context.signal,
  }
  const signed = signRequest(request, keys, { region, service, now: context.clock.now() })
  return checked(await context.net.fetch(signed), question)
}
