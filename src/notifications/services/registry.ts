import type { Json } from '../../lib/json.ts'
import type { Bind } from './bind.ts'
import { ServiceConfigError } from './send-error.ts'
import type { Service } from './service.ts'

/** Every kind of service by its `type`. */
const kinds: Readonly<Record<string, Bind>> = {}

/** The types that a key `service.<type>` may have. */
export const serviceTypes: readonly string[] = Object.keys(kinds)

/**
 * A service of the ConfigMap, its `$key` references resolved already. Throws {@link ServiceConfigError} that names the key and the fields
 * that are wrong.
 * @param type the part after `service.`
 * @param raw the value of the key, parsed as YAML
 * @param key the whole key for messages: `service.slack.workspace1`
 * @param secrets values of the Secret that the configuration, or a template, refers to: they are hidden in every message
 */
export const createService = (
  type: string,
  raw: Json | undefined,
  key: string,
  secrets: readonly string[] = [],
): Service => {
  const bindKind = Object.hasOwn(kinds, type) ? kinds[type] : undefined
  if (bindKind === undefined) {
    throw new ServiceConfigError(
      `${key}: there is no service of the type ${type}; known are ${serviceTypes.join(', ')}`,
    )
  }
  return bindKind(raw, key, secrets)
}
