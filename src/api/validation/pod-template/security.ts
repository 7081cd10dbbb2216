import { encodeAsGo, type GoTypes } from '../../../lib/go-json.ts'
import type { JsonObject } from '../../../lib/json.ts'
import { type FieldError, invalid } from '../../field-error.ts'
import { numberAt, numbersAt, objectAt, textsAt } from './reading.ts'
import { userOrGroupId } from './values.ts'

/** The internal type whose Go spelling the API server prints in its messages. */
const internalTypes: GoTypes = {
  SecurityContext: [
    ['Capabilities', '*#Capabilities', ''],
    ['Privileged', '*bool', ''],
    ['SELinuxOptions', '*raw', ''],
    ['WindowsOptions', '*raw', ''],
    ['RunAsUser', '*int', ''],
    ['RunAsGroup', '*int', ''],
    ['RunAsNonRoot', '*bool', ''],
    ['ReadOnlyRootFilesystem', '*bool', ''],
    ['AllowPrivilegeEscalation', '*bool', ''],
    ['ProcMount', '*string', ''],
    ['SeccompProfile', '*raw', ''],
    ['AppArmorProfile', '*raw', ''],
  ],
  Capabilities: [
    ['Add', '[]string', ''],
    ['Drop', '[]string', ''],
  ],
}

const capitalised = (object: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(object).map(([key, value]) => [
      key === 'seLinuxOptions' ? 'SELinuxOptions' : key.charAt(0).toUpperCase() + key.slice(1),
      key === 'capabilities' && typeof value === 'object' && value !== null && !Array.isArray(value)
        ? capitalised(value)
        : value,
    ]),
  )

const shown = (context: JsonObject): unknown =>
  JSON.parse(encodeAsGo(internalTypes, '#SecurityContext', capitalised(context)))

/**
 * Faults of the security context of a container. `privileged` does not count, as in the published validation: whether it
 * is allowed, and with what, is for the API server to say.
 */
export const containerSecurityErrors = (container: JsonObject, field: string): readonly FieldError[] => {
  const context = objectAt(container, 'securityContext')
  if (context === undefined) return []
  const confined = context.allowPrivilegeEscalation === false
  const isAdmin = textsAt(objectAt(context, 'capabilities'), 'add').includes('CAP_SYS_ADMIN')
  const detail = 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'
  return [
    ...userOrGroupId(`${field}.runAsUser`, numberAt(context, 'runAsUser')),
    ...userOrGroupId(`${field}.runAsGroup`, numberAt(context, 'runAsGroup')),
    ...(confined && isAdmin ? [invalid(field, shown(context), detail)] : []),
  ]
}

/** Faults of the security context of a pod. */
export const podSecurityErrors = (spec: JsonObject, field: string): readonly FieldError[] => {
  const context = objectAt(spec, 'securityContext')
  return [
    ...['fsGroup', 'runAsUser', 'runAsGroup'].flatMap((name) =>
      userOrGroupId(`${field}.${name}`, numberAt(context, name)),
    ),
    ...numbersAt(context, 'supplementalGroups').flatMap((id, index) =>
      userOrGroupId(`${field}.supplementalGroups[${index}]`, id),
    ),
  ]
}
