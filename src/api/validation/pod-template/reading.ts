import type { Json, JsonObject } from '../../../lib/json.ts'

/**
 * Reads members of raw pod templates. The CRD's schema has checked their types; a member of another type, which only an
 * older schema lets through, reads as absent and is refused by the API server when the ReplicaSet is created.
 */

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An object member. */
export const objectAt = (object: JsonObject | undefined, key: string): JsonObject | undefined => {
  const value = object?.[key]
  return isObject(value) ? value : undefined
}

/** A list of objects; empty when absent. */
export const objectsAt = (object: JsonObject | undefined, key: string): readonly JsonObject[] => {
  const value = object?.[key]
  return Array.isArray(value) ? value.map((item) => (isObject(item) ? item : {})) : []
}

/** A string; empty when absent, as Go reads it. */
export const textAt = (object: JsonObject | undefined, key: string): string => {
  const value = object?.[key]
  return typeof value === 'string' ? value : ''
}

/** A number. */
export const numberAt = (object: JsonObject | undefined, key: string): number | undefined => {
  const value = object?.[key]
  return typeof value === 'number' ? value : undefined
}

/** A list of strings; empty when absent. */
export const textsAt = (object: JsonObject | undefined, key: string): readonly string[] => {
  const value = object?.[key]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** A list of numbers; empty when absent. */
export const numbersAt = (object: JsonObject | undefined, key: string): readonly number[] => {
  const value = object?.[key]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'number') : []
}

/** A map of strings, or of numbers written as strings. */
export const mapAt = (object: JsonObject | undefined, key: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(objectAt(object, key) ?? {}).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
    ),
  )
