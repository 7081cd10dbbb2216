import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { JsonObject } from '../../src/lib/json.ts'
import { isJsonObject } from '../../src/lib/json-value.ts'
import { parseYaml } from '../../src/lib/yaml.ts'
import type { WrittenObject } from './known-objects.ts'

/*
 * What the published controller makes of the objects of golden files: recorded from its routers, which were given the same
 * objects and asked for the same stages, each of them twice, as in two passes.
 */

const folder = join(import.meta.dirname, '..', 'golden', 'published', 'routers')

const object = z.custom<JsonObject & WrittenObject>(isJsonObject)

const recording = z.object({
  /** Version of the published controller. */
  version: z.string(),
  stages: z.array(
    z.object({
      name: z.string(),
      /** What it could not do. */
      error: z.string().optional(),
      /** The objects after the stage, of those that differ from the stage before. */
      after: z.array(object).default([]),
      /** Objects that it deleted, as `Kind/name`. */
      gone: z.array(z.string()).default([]),
    }),
  ),
  /** Where the objects are others here, and why. */
  differences: z.array(z.object({ object: z.string(), stages: z.array(z.string()), why: z.string() })).default([]),
})

/** See the comment at the top of this file. */
export type PublishedGolden = z.infer<typeof recording> & { readonly file: string }

/** All recordings, each under the name of its golden file. */
export const publishedGoldens = (): readonly PublishedGolden[] =>
  readdirSync(folder)
    .sort()
    .map((file) => ({ ...recording.parse(parseYaml(readFileSync(join(folder, file), 'utf8'))), file }))
