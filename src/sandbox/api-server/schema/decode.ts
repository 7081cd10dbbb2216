import type { JsonObject } from '../../../lib/json.ts'
import { cloneJson } from '../../../lib/json-value.ts'
import type { Caller } from '../core.ts'
import type { ResourceType } from '../resources/resource-type.ts'

/** Reads an object of a kind from a body. */
export const decodeObject = (
  _type: ResourceType,
  body: JsonObject,
  _caller: Pick<Caller, 'fieldValidation' | 'warn'>,
): JsonObject => cloneJson(body)
