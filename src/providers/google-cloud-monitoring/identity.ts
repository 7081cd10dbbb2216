import type { GoogleCloudMonitoringMetric } from '../../api/providers/google-cloud-monitoring.ts'
import type { NetResponse } from '../../kube/net.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { namedSecret, requiredKey } from '../named-secret.ts'
import type { MeasureContext } from '../provider.ts'
import { ProviderError } from '../provider-error.ts'
import {
  type GoogleContext,
  parseServiceAccountKey,
  type ServiceAccountKey,
  serviceAccountToken,
  tokenOf,
} from './service-account.ts'

/** Who asks, and the project that this one belongs to. */
export interface GoogleIdentity {
  readonly token: string
  readonly project: string | undefined
  /** For messages: what to look at when it is refused. */
  readonly source: string
}

const metadataTimeoutMs = 5000
/** How long a value of the metadata server counts as known. */
const projectLifeMs = 3_600_000

const monitoringScope = 'https://www.googleapis.com/auth/monitoring.read'

const noIdentity =
  'no Google identity: give the service account of the controller one by Workload Identity, or set GOOGLE_APPLICATION_CREDENTIALS for it'

/** The metadata server of machines and of Workload Identity (Google, "About VM metadata"). */
const metadata = async (path: string, { net, surroundings, signal }: GoogleContext): Promise<NetResponse> => {
  const host = surroundings.env.GCE_METADATA_HOST || 'metadata.google.internal'
  try {
    return await net.fetch({
      method: 'GET',
      url: `http://${host}/computeMetadata/v1/${path}`,
      headers: { 'metadata-flavor': 'Google' },
      timeoutMs: metadataTimeoutMs,
      signal,
    })
  } catch (error) {
    const reason = error instanceof Error ? ` (${error.message})` : ''
    throw new ProviderError(`${noIdentity}${reason}`, { cause: error })
  }
}

const ofMachine = async (context: GoogleContext): Promise<GoogleIdentity> => {
  const { tokens, env } = context.surroundings
  const token = await tokens.get('google metadata', context.clock, async () =>
    tokenOf(
      await metadata('instance/service-accounts/default/token', context),
      'the identity of the controller',
      context.clock.now(),
    ),
  )
  const project =
    env.GOOGLE_CLOUD_PROJECT ||
    (await tokens.get('google project', context.clock, async () => {
      const { status, text } = await metadata('project/project-id', context)
      return { value: status === 200 ? text.trim() : '', expiresAt: context.clock.now() + projectLifeMs }
    }))
  return { token, project: project || undefined, source: 'the Google identity of the controller' }
}

const ofKey = async (
  key: ServiceAccountKey,
  source: string,
  scope: string,
  context: GoogleContext,
): Promise<GoogleIdentity> => ({
  token: await serviceAccountToken(key, scope, context),
  project: key.project_id,
  source: `${key.client_email} of ${source}`,
})

/** The identity whose key a file holds. Throws {@link ProviderError}. `name` is what names the file. */
export const identityOfFile = async (
  path: string,
  name: string,
  scope: string,
  context: GoogleContext,
): Promise<GoogleIdentity> => {
  const text = await context.surroundings.readFile(path).catch((error: unknown) => {
    throw new ProviderError(`reading ${name} from ${path} failed: check the mounted volume`, { cause: error })
  })
  const key = parseServiceAccountKey(text, path)
  context.secrets.hide(key.private_key)
  return ofKey(key, path, scope, context)
}

/**
 * The identity of the controller: the file that GOOGLE_APPLICATION_CREDENTIALS names, or what the metadata server gives it. Throws
 * {@link ProviderError} that says what to set.
 */
export const controllerIdentity = (scope: string, context: GoogleContext): Promise<GoogleIdentity> => {
  const name = 'GOOGLE_APPLICATION_CREDENTIALS'
  const path = context.surroundings.env[name]
  return path ? identityOfFile(path, name, scope, context) : ofMachine(context)
}

const find = async (
  { secretRef }: DeepReadonly<GoogleCloudMonitoringMetric>,
  context: MeasureContext,
): Promise<GoogleIdentity> => {
  if (secretRef !== undefined) {
    const secret = await namedSecret(secretRef, { name: 'google-cloud-monitoring', shown: [] }, context)
    const source = `serviceAccountKey in ${secret.source}`
    const key = parseServiceAccountKey(requiredKey(secret, 'serviceAccountKey'), source)
    return ofKey(key, source, monitoringScope, context)
  }
  return controllerIdentity(monitoringScope, context).catch((error: unknown) => {
    if (!(error instanceof ProviderError) || !error.message.startsWith(noIdentity)) throw error
    const more = `, or name a Secret with serviceAccountKey in provider.googleCloudMonitoring.secretRef`
    throw new ProviderError(error.message.replace(noIdentity, `${noIdentity}${more}`), { cause: error })
  })
}

/**
 * The identity to ask with: the service account of the metric's Secret, the file that GOOGLE_APPLICATION_CREDENTIALS names, or what the
 * metadata server gives to the controller. Throws {@link ProviderError} that says what to set, and what reading a Secret throws.
 */
export const googleIdentity = async (
  spec: DeepReadonly<GoogleCloudMonitoringMetric>,
  context: MeasureContext,
): Promise<GoogleIdentity> => {
  const identity = await find(spec, context)
  context.secrets.hide(identity.token)
  return identity
}
