import type { SecretRef } from '../api/providers/secret-ref.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { ownNamespaceOf } from './own-namespace.ts'
import type { MeasureContext } from './provider.ts'
import { ProviderError } from './provider-error.ts'
import type { SecretData } from './secret-access.ts'

/** The credentials of a metric, and where they were found: `the Secret monitoring/dynatrace`. */
export interface NamedSecret {
  readonly data: SecretData
  readonly source: string
}

/**
 * Reads the Secret that a metric names: in the namespace of the controller unless it says that of the run. Values of `shown` keys are no
 * secrets. Throws {@link ProviderError}, and what reading a Secret throws.
 */
export const namedSecret = async (
  ref: DeepReadonly<SecretRef> | undefined,
  fallback: { readonly name: string; readonly shown: readonly string[] },
  context: MeasureContext,
): Promise<NamedSecret> => {
  if (ref?.namespaced && !ref.name) {
    throw new ProviderError('secretRef.name: a Secret in the namespace of the AnalysisRun must be named')
  }
  const own = ownNamespaceOf(context)
  const namespace = ref?.namespaced ? (context.run.metadata.namespace ?? own) : own
  const name = ref?.name || fallback.name
  const data = await context.secrets.read(namespace, name, fallback.shown)
  return { data, source: `the Secret ${namespace}/${name}` }
}

/** A value that must be there. Throws {@link ProviderError} that says which key to set. */
export const requiredKey = ({ data, source }: NamedSecret, key: string): string => {
  const value = data[key]?.trim()
  if (value) return value
  throw new ProviderError(`${source} has no key ${key}: set it`)
}
