import type { Host } from '../surroundings.ts'
import { AwsError } from './aws-error.ts'
import { parseIniFile } from './ini-file.ts'
import type { AwsKeys } from './sigv4.ts'

/** A profile of AWS' shared configuration files, as far as a controller can use one. */
export interface AwsProfile {
  readonly region?: string | undefined
  readonly keys?: AwsKeys | undefined
  /** Role to assume, with the keys of {@link sourceProfile} or with the token in {@link webIdentityTokenFile}. */
  readonly roleArn?: string | undefined
  readonly sourceProfile?: string | undefined
  readonly webIdentityTokenFile?: string | undefined
}

const settingsOf = async (host: Host, path: string, name: string): Promise<Readonly<Record<string, string>>> => {
  const text = await host.readFile(path).catch(() => '')
  return parseIniFile(text).get(name) ?? {}
}

/** Reads a profile; undefined when neither file has it. */
export const readProfile = async (host: Host, name: string): Promise<AwsProfile | undefined> => {
  const home = `${host.env.HOME ?? ''}/.aws`
  const settings = {
    ...(await settingsOf(host, host.env.AWS_CONFIG_FILE || `${home}/config`, name)),
    ...(await settingsOf(host, host.env.AWS_SHARED_CREDENTIALS_FILE || `${home}/credentials`, name)),
  }
  if (Object.keys(settings).length === 0) return undefined
  const {
    aws_access_key_id: accessKeyId,
    aws_secret_access_key: secretAccessKey,
    aws_session_token: sessionToken,
  } = settings
  return {
    region: settings.region,
    keys: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey, sessionToken } : undefined,
    roleArn: settings.role_arn,
    sourceProfile: settings.source_profile,
    webIdentityTokenFile: settings.web_identity_token_file,
  }
}

/** The same for a profile that somebody named. Throws {@link AwsError} when there is none. */
export const readNamedProfile = async (host: Host, name: string): Promise<AwsProfile> => {
  const profile = await readProfile(host, name)
  if (profile !== undefined) return profile
  throw new AwsError(`there is no AWS profile ${name}: add it to the AWS configuration file of the controller`)
}
