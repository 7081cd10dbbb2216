import * as z from 'zod'
import type { NetResponse } from '../../kube/net.ts'
import type { Issued } from '../../lib/expiring-cache.ts'
import { fromRfc3339 } from '../../lib/rfc3339.ts'
import { AwsError } from './aws-error.ts'
import type { AwsKeys } from './sigv4.ts'
import type { AwsContext } from './sts.ts'

const answerSchema = z.object({
  AccessKeyId: z.string().min(1),
  SecretAccessKey: z.string().min(1),
  Token: z.string().optional(),
  Expiration: z.string().optional(),
})

/** Where nothing answers, nobody waits long. */
const nearbyTimeoutMs = 2000
/** For keys that do not say how long they are good for. */
const assumedLifeMs = 15 * 60_000

const keysOf = (source: string, { status, text }: NetResponse, now: number): Issued<AwsKeys> => {
  if (status !== 200) throw new AwsError(`${source} answered ${status}`)
  let answer: z.infer<typeof answerSchema>
  try {
    answer = answerSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new AwsError(`the answer of ${source} holds no keys`, { cause: error })
  }
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = answer
  return {
    value: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token },
    expiresAt: fromRfc3339(Expiration) ?? now + assumedLifeMs,
  }
}

const readToken = async ({ surroundings }: AwsContext): Promise<string | undefined> => {
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN: token, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file } = surroundings.env
  return file ? (await surroundings.readFile(file)).trim() : token
}

/** Address of the endpoint that hands out the keys of a container (Amazon ECS, EKS Pod Identity); undefined where there is none. */
export const containerKeysUrl = ({ surroundings }: AwsContext): string | undefined => {
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: path, AWS_CONTAINER_CREDENTIALS_FULL_URI: url } = surroundings.env
  return path ? `http://169.254.170.2${path}` : url || undefined
}

/** Keys from the endpoint of {@link containerKeysUrl}. Throws {@link AwsError}, NetFailure, and what reading its token's file throws. */
export const containerKeys = async (url: string, context: AwsContext): Promise<Issued<AwsKeys>> => {
  const token = await readToken(context)
  const answer = await context.net.fetch({
    method: 'GET',
    url,
    headers: { accept: 'application/json', ...(token && { authorization: token }) },
    timeoutMs: nearbyTimeoutMs,
    signal: context.signal,
  })
  return keysOf('the AWS container credentials endpoint', answer, context.clock.now())
}

const instance = (
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  { net, surroundings, signal }: AwsContext,
): Promise<NetResponse> => {
  const base = surroundings.env.AWS_EC2_METADATA_SERVICE_ENDPOINT || 'http://169.254.169.254'
  const url = `${base.replace(/\/+$/, '')}/latest/${path}`
  return net.fetch({ method, url, headers, timeoutMs: nearbyTimeoutMs, signal })
}

/** Keys of the machine's role (Amazon EC2 instance metadata, version 2). Throws {@link AwsError} and NetFailure. */
export const instanceKeys = async (context: AwsContext): Promise<Issued<AwsKeys>> => {
  const token = await instance('PUT', 'api/token', { 'x-aws-ec2-metadata-token-ttl-seconds': '300' }, context)
  if (token.status !== 200) throw new AwsError(`the EC2 instance metadata answered ${token.status}`)
  const headers = { 'x-aws-ec2-metadata-token': token.text }
  const roles = await instance('GET', 'meta-data/iam/security-credentials/', headers, context)
  const [role = ''] = roles.text.split('\n')
  if (roles.status !== 200 || role === '') throw new AwsError('the EC2 instance has no IAM role')
  const path = `meta-data/iam/security-credentials/${encodeURIComponent(role.trim())}`
  return keysOf('the EC2 instance metadata', await instance('GET', path, headers, context), context.clock.now())
}
