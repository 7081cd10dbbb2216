import { createHash } from 'node:crypto'
import type { Authentication } from '../../api/providers/authentication.ts'
import type { Issued } from '../../lib/expiring-cache.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { AwsError } from './aws-error.ts'
import { containerKeys, containerKeysUrl, instanceKeys } from './metadata-keys.ts'
import { type AwsProfile, readNamedProfile, readProfile } from './profile.ts'
import type { AwsKeys } from './sigv4.ts'
import { type AwsContext, assumeRole, assumeRoleWithWebIdentity } from './sts.ts'

/** Who signs, as a metric says it. */
export type AwsIdentity = DeepReadonly<NonNullable<Authentication['sigv4']>>

const noKeys =
  'no AWS credentials: give the service account of the controller an IAM role (IRSA or EKS Pod Identity), set AWS_ACCESS_KEY_ID and ' +
  'AWS_SECRET_ACCESS_KEY for it, or set authentication.sigv4.accessKey and secretKey from a Secret'

/** Keys may be kept under what they were issued for, of which the cache learns a hash only. */
const cached = (
  what: readonly (string | undefined)[],
  context: AwsContext,
  issue: () => Promise<Issued<AwsKeys>>,
): Promise<AwsKeys> => {
  const key = createHash('sha256').update(JSON.stringify(what)).digest('hex')
  return context.surroundings.awsKeys.get(key, context.clock, issue)
}

const withWebIdentity = (roleArn: string, file: string, region: string, context: AwsContext): Promise<AwsKeys> =>
  cached(['web identity', roleArn, file, region], context, async () => {
    const token = await context.surroundings.readFile(file).catch((error: unknown) => {
      throw new AwsError(`reading the token of the service account from ${file} failed: check the mounted volume`, {
        cause: error,
      })
    })
    return assumeRoleWithWebIdentity(roleArn, token.trim(), region, context)
  })

const withRole = (roleArn: string, keys: AwsKeys, region: string, context: AwsContext): Promise<AwsKeys> =>
  cached(['role', roleArn, keys.accessKeyId, region], context, () => assumeRole(roleArn, keys, region, context))

/** A chain of profiles may be long, not endless. */
const longestChain = 5

const keysOfProfile = async (
  name: string,
  profile: AwsProfile,
  region: string,
  context: AwsContext,
  depth = 0,
): Promise<AwsKeys> => {
  const { roleArn, sourceProfile, webIdentityTokenFile, keys } = profile
  if (roleArn && webIdentityTokenFile) return withWebIdentity(roleArn, webIdentityTokenFile, region, context)
  if (roleArn && sourceProfile && depth < longestChain) {
    const source = sourceProfile === name ? { keys } : await readNamedProfile(context.surroundings, sourceProfile)
    return withRole(roleArn, await keysOfProfile(sourceProfile, source, region, context, depth + 1), region, context)
  }
  if (keys !== undefined && (!roleArn || depth > 0)) return keys
  throw new AwsError(
    `the AWS profile ${name} holds no keys that can be used here: it needs aws_access_key_id and aws_secret_access_key, or role_arn ` +
      'with source_profile or web_identity_token_file',
  )
}

const environmentKeys = (env: AwsContext['surroundings']['env']): AwsKeys | undefined => {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey, sessionToken } : undefined
}

const fromMachine = async (context: AwsContext): Promise<AwsKeys> => {
  if (context.surroundings.env.AWS_EC2_METADATA_DISABLED?.toLowerCase() === 'true') throw new AwsError(noKeys)
  try {
    return await cached(['instance'], context, () => instanceKeys(context))
  } catch (error) {
    const reason = error instanceof Error ? ` (${error.message})` : ''
    throw new AwsError(`${noKeys}${reason}`, { cause: error })
  }
}

/** The order of AWS' own libraries: environment, web identity, shared files, container, machine. */
const defaultKeys = async (region: string, context: AwsContext): Promise<AwsKeys> => {
  const { env } = context.surroundings
  const own = environmentKeys(env)
  if (own !== undefined) return own
  const { AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ROLE_ARN: roleArn } = env
  if (tokenFile && roleArn) return withWebIdentity(roleArn, tokenFile, region, context)
  const name = env.AWS_PROFILE || 'default'
  const profile = env.AWS_PROFILE
    ? await readNamedProfile(context.surroundings, name)
    : await readProfile(context.surroundings, name)
  if (profile?.keys !== undefined || profile?.roleArn !== undefined) {
    return keysOfProfile(name, profile, region, context)
  }
  const url = containerKeysUrl(context)
  if (url !== undefined) return cached(['container', url], context, () => containerKeys(url, context))
  return fromMachine(context)
}

const keysBeforeRole = async (identity: AwsIdentity, region: string, context: AwsContext): Promise<AwsKeys> => {
  const { accessKey, secretKey, profile } = identity
  if (accessKey || secretKey) {
    if (!accessKey || !secretKey)
      throw new AwsError('authentication.sigv4: set both accessKey and secretKey, or neither')
    return { accessKeyId: accessKey, secretAccessKey: secretKey }
  }
  if (!profile) return defaultKeys(region, context)
  return keysOfProfile(profile, await readNamedProfile(context.surroundings, profile), region, context)
}

/**
 * Keys to sign with: those of the metric, of its profile, or the ones that AWS' own libraries would find, and then of its role. Temporary
 * ones are kept until shortly before their end. Throws {@link AwsError}, which says what to set, and NetFailure.
 */
export const awsKeys = async (identity: AwsIdentity, region: string, context: AwsContext): Promise<AwsKeys> => {
  const keys = await keysBeforeRole(identity, region, context)
  return identity.roleArn ? withRole(identity.roleArn, keys, region, context) : keys
}

/**
 * Region to sign for: that of the metric, of the address, of the environment, or of the profile. Throws {@link AwsError} when nobody
 * says it. `address` may be missing.
 */
export const awsRegion = async (
  { region, profile }: AwsIdentity,
  address: string | undefined,
  { surroundings }: AwsContext,
): Promise<string> => {
  const { env } = surroundings
  const [, inAddress] = /\.([a-z]{2}(?:-[a-z]+)+-\d+)\.[a-z.]*(?:amazonaws|api\.aws)/.exec(address ?? '') ?? []
  const known = region || inAddress || env.AWS_REGION || env.AWS_DEFAULT_REGION
  if (known) return known
  const named = await readProfile(surroundings, profile || env.AWS_PROFILE || 'default')
  if (named?.region) return named.region
  throw new AwsError('no AWS region: set authentication.sigv4.region, or AWS_REGION for the controller')
}
