import { isJsonObject } from '../lib/json-value.ts'
import type { ObjectRef } from '../routers/router.ts'

type Path = readonly (string | number)[]

/** The member of a value at a path; `undefined` where there is none. */
export const memberAt = (value: unknown, path: Path): unknown =>
  path.reduce((at: unknown, key) => {
    if (Array.isArray(at)) return at[Number(key)]
    return isJsonObject(at) ? at[key] : undefined
  }, value)

const pathText = (path: Path): string =>
  path.map((key, place) => (typeof key === 'number' ? `[${key}]` : `${place === 0 ? '' : '.'}${key}`)).join('')

/**
 * The API server would drop a field that a routing object needs, since the definition of the kind that is installed does not
 * know it. Nothing was written.
 */
export class DroppedFieldError extends Error {
  override name = 'DroppedFieldError'

  constructor({ resource, namespace, name }: ObjectRef, path: Path) {
    const { plural, group, kind } = resource
    super(
      `writing the ${kind} ${namespace}/${name}: the installed CustomResourceDefinition ${plural}.${group} does not know ` +
        `${pathText(path)}: install a newer version of it, or remove what asks for the field from the Rollout`,
    )
  }
}
