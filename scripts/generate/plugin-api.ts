import * as z from 'zod'
import type { Json, JsonObject } from '../../src/lib/json.ts'
import { isJsonObject } from '../../src/lib/json-value.ts'
import { formatYaml } from '../../src/lib/yaml.ts'
import { refusal } from '../../src/plugins/contract/common.ts'
import { describePath, description } from '../../src/plugins/contract/describe.ts'
import { contractVersion, type Operation } from '../../src/plugins/contract/operation.ts'
import { operations } from '../../src/plugins/contract/operations.ts'

/** What a CRD is told, and patterns that `format` says in a word. */
const isOurs = (key: string): boolean => key.startsWith('x-kubernetes-') || key === 'pattern'

/** zod's bounds of what a number can hold at all are no rule of the contract. */
const isNoRule = (key: string, value: Json | undefined): boolean =>
  (key === 'minimum' || key === 'maximum') && typeof value === 'number' && Math.abs(value) >= 2 ** 31 - 1

const cleaned = (schema: Json): Json => {
  if (Array.isArray(schema)) return schema.map(cleaned)
  if (!isJsonObject(schema)) return schema
  const entries = Object.entries(schema).flatMap(([key, value]) =>
    value === undefined || isOurs(key) || isNoRule(key, value) ? [] : [[key, cleaned(value)] as const],
  )
  return Object.fromEntries(entries)
}

const schemaOf = (schema: z.ZodType): Json =>
  cleaned(
    JSON.parse(
      JSON.stringify(
        z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', unrepresentable: 'any', reused: 'inline' }),
      ),
    ),
  )

const json = (schema: z.ZodType): JsonObject => ({ 'application/json': { schema: schemaOf(schema) } })

const answers = (schema: z.ZodType): JsonObject => ({
  '200': { description: 'Done; a repeated request is answered like the first.', content: json(schema) },
  '409': { description: 'The request is older than one that was already answered.', content: json(refusal) },
  '503': { description: 'Not now: the request comes again.', content: json(refusal) },
  default: { description: 'Refused: the message is shown.', content: json(refusal) },
})

const pathOf = ({ name, kind, method, summary, request, answer }: Operation): JsonObject => ({
  [method.toLowerCase()]: {
    operationId: name,
    tags: [kind],
    summary,
    requestBody: { required: true, content: json(request) },
    responses: answers(answer),
  },
})

const describeOperation: JsonObject = {
  get: {
    operationId: 'describe',
    tags: ['metric', 'router', 'step'],
    summary:
      'Says what the plugin is. It is also its health check: asked before anything else, and again after a minute.',
    responses: { '200': { description: 'The plugin is there.', content: json(description) } },
  },
}

/** The contract of plugins as an OpenAPI document, as the schemas have it. */
export const pluginApi = (): string => {
  const paths: JsonObject = { [describePath]: describeOperation }
  for (const operation of operations) paths[operation.path] = pathOf(operation)
  return formatYaml({
    openapi: '3.0.3',
    info: {
      title: 'Plugins of Crossfade',
      version: contractVersion,
      description: 'What Crossfade asks of metric, router and step plugins. See plugins.md.',
      license: { name: 'Apache-2.0' },
    },
    servers: [{ url: 'http://plugin.example', description: 'The location of the plugin.' }],
    security: [{}, { bearer: [] }],
    paths,
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  })
}
