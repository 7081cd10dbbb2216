import type { NetRequest, NetResponse } from '../../kube/net.ts'
import type { Issued } from '../../lib/expiring-cache.ts'
import { fromRfc3339 } from '../../lib/rfc3339.ts'
import type { MeasureContext } from '../provider.ts'
import { AwsError } from './aws-error.ts'
import { awsEndpoint } from './endpoint.ts'
import { type AwsKeys, signRequest } from './sigv4.ts'

/** What it takes to ask AWS for keys. */
export type AwsContext = Pick<MeasureContext, 'net' | 'clock' | 'surroundings' | 'signal'>

const timeoutMs = 10_000

/** The service answers in XML in which every name that is needed occurs once. */
const textOf = (xml: string, tag: string): string | undefined => {
  const [, text] = new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml) ?? []
  return text?.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

const keysOf = (action: string, { status, text }: NetResponse): Issued<AwsKeys> => {
  if (status !== 200) {
    const reason = [textOf(text, 'Code'), textOf(text, 'Message')].filter(Boolean).join(': ')
    throw new AwsError(`${action}: AWS STS answered ${status}${reason === '' ? '' : ` ${reason}`}`)
  }
  const [accessKeyId, secretAccessKey, sessionToken] = ['AccessKeyId', 'SecretAccessKey', 'SessionToken'].map((tag) =>
    textOf(text, tag),
  )
  const expiresAt = fromRfc3339(textOf(text, 'Expiration'))
  if (!accessKeyId || !secretAccessKey || expiresAt === undefined) {
    throw new AwsError(`${action}: the answer of AWS STS holds no keys`)
  }
  return { value: { accessKeyId, secretAccessKey, sessionToken }, expiresAt }
}

const request = (
  action: string,
  parameters: Readonly<Record<string, string>>,
  region: string,
  { surroundings, signal }: AwsContext,
): NetRequest => ({
  method: 'POST',
  url: `${awsEndpoint({ id: 'STS', host: 'sts' }, region, surroundings.env)}/`,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams({ Action: action, Version: '2011-06-15', ...parameters }).toString(),
  timeoutMs,
  signal,
})

/** How the sessions of this controller are named in AWS' audit log. */
const sessionName = ({ surroundings }: AwsContext): string => surroundings.env.AWS_ROLE_SESSION_NAME || 'crossfade'

/** Keys of a role for who has other keys (AWS STS, AssumeRole). Throws {@link AwsError} and NetFailure. */
export const assumeRole = async (
  roleArn: string,
  keys: AwsKeys,
  region: string,
  context: AwsContext,
): Promise<Issued<AwsKeys>> => {
  const parameters = { RoleArn: roleArn, RoleSessionName: sessionName(context) }
  const unsigned = request('AssumeRole', parameters, region, context)
  const scope = { region, service: 'sts', now: context.clock.now() }
  return keysOf(`assuming the role ${roleArn}`, await context.net.fetch(signRequest(unsigned, keys, scope)))
}

/** Keys of a role for a service account (AWS STS, AssumeRoleWithWebIdentity). Throws {@link AwsError} and NetFailure. */
export const assumeRoleWithWebIdentity = async (
  roleArn: string,
  token: string,
  region: string,
  context: AwsContext,
): Promise<Issued<AwsKeys>> => {
  const parameters = { RoleArn: roleArn, RoleSessionName: sessionName(context), WebIdentityToken: token }
  const answer = await context.net.fetch(request('AssumeRoleWithWebIdentity', parameters, region, context))
  return keysOf(`assuming the role ${roleArn} with the service account's token`, answer)
}
