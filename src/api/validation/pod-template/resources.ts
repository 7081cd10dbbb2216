import type { JsonObject } from '../../../lib/json.ts'
import { parseQuantity, QuantityError } from '../../../lib/quantity.ts'
import { type FieldError, forbidden, invalid, required } from '../../field-error.ts'
import { qualifiedNameReasons } from '../names.ts'
import { mapAt, objectAt } from './reading.ts'
import { refused } from './values.ts'

const containerResources = new Set(['cpu', 'memory', 'ephemeral-storage'])
const standardResources = new Set([
  ...containerResources,
  ...['requests.cpu', 'requests.memory', 'requests.ephemeral-storage', 'limits.cpu', 'limits.memory'],
  ...['limits.ephemeral-storage', 'pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets'],
  ...[
    'configmaps',
    'persistentvolumeclaims',
    'storage',
    'requests.storage',
    'services.nodeports',
    'services.loadbalancers',
  ],
])

const isHugePages = (name: string): boolean => name.startsWith('hugepages-')
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/')
const canBeOvercommitted = (name: string): boolean => isNative(name) && !isHugePages(name)

const nameErrors = (name: string, field: string): readonly FieldError[] => {
  const reasons = qualifiedNameReasons(name)
  if (reasons.length > 0) return refused(field, name, reasons)
  if (!name.includes('/')) {
    const [standard, ofContainer] = [standardResources.has(name), containerResources.has(name)]
    return [
      ...(standard || isHugePages(name)
        ? []
        : [invalid(field, name, 'must be a standard resource type or fully qualified')]),
      ...(ofContainer || isHugePages(name) ? [] : [invalid(field, name, 'must be a standard resource for containers')]),
    ]
  }
  const extended = !isNative(name) && !name.startsWith('requests.')
  return extended || isNative(name) ? [] : [invalid(field, name, "doesn't follow extended resource name standard")]
}

const nanosOf = (text: string): bigint | undefined => {
  try {
    return parseQuantity(text).nanos
  } catch (error) {
    if (error instanceof QuantityError) return undefined
    throw error
  }
}

const shown = (text: string): string => parseQuantity(text).canonical

const malformed = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

const amountErrors = (name: string, text: string, field: string): readonly FieldError[] => {
  const nanos = nanosOf(text)
  if (nanos === undefined) return [invalid(field, text, malformed)]
  const whole = nanos % 1_000_000_000n === 0n
  return [
    ...(nanos < 0n ? [invalid(field, shown(text), 'must be greater than or equal to 0')] : []),
    ...(whole || isNative(name) ? [] : [invalid(field, shown(text), 'must be an integer')]),
  ]
}

const requestErrors = (
  name: string,
  request: string,
  limit: string | undefined,
  field: string,
): readonly FieldError[] => {
  const [asked, allowed] = [nanosOf(request), limit === undefined ? undefined : nanosOf(limit)]
  if (limit === undefined) {
    return canBeOvercommitted(name)
      ? []
      : [required(`${field}.limits`, 'Limit must be set for non overcommitable resources')]
  }
  if (asked === undefined || allowed === undefined) return []
  const at = `${field}.requests`
  if (asked !== allowed && !canBeOvercommitted(name)) {
    return [invalid(at, shown(request), `must be equal to ${name} limit of ${shown(limit)}`)]
  }
  return asked > allowed
    ? [invalid(at, shown(request), `must be less than or equal to ${name} limit of ${shown(limit)}`)]
    : []
}

/** Faults of the resources of a container. `field` is the path of `resources`. */
export const resourceErrors = (container: JsonObject, field: string): readonly FieldError[] => {
  const resources = objectAt(container, 'resources')
  const [limits, requests] = [mapAt(resources, 'limits'), mapAt(resources, 'requests')]
  const names = [...Object.keys(limits), ...Object.keys(requests)]
  const usesCpuOrMemory = names.some((name) => name === 'cpu' || name === 'memory')
  return [
    ...Object.entries(limits).flatMap(([name, amount]) => {
      const at = `${field}.limits[${name}]`
      return [...nameErrors(name, at), ...amountErrors(name, amount, at)]
    }),
    ...Object.entries(requests).flatMap(([name, amount]) => {
      const at = `${field}.requests[${name}]`
      const own = [...nameErrors(name, at), ...amountErrors(name, amount, at)]
      return [...own, ...requestErrors(name, amount, limits[name], field)]
    }),
    ...(names.some(isHugePages) && !usesCpuOrMemory ? [forbidden(field, 'HugePages require cpu or memory')] : []),
  ]
}
