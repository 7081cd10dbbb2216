import type * as z from 'zod'
import { analysisRunSchema } from '../../api/analysis-run.ts'
import { analysisTemplateSchema } from '../../api/analysis-template.ts'
import { experimentSchema } from '../../api/experiment.ts'
import {
  analysisRuns,
  analysisTemplates,
  clusterAnalysisTemplates,
  experiments,
  rollouts,
} from '../../api/resources.ts'
import { rolloutSchema } from '../../api/rollout.ts'
import { type FieldPath, formatFieldPath, unknownFields } from '../../api/validation/unknown-fields.ts'
import type { Resource } from '../../kube/resource.ts'
import type { JsonObject } from '../../lib/json.ts'
import { isJsonObject, objectOr, stringOr } from '../../lib/json-value.ts'
import { parseYaml } from '../../lib/yaml.ts'
import { CommandError } from '../command-error.ts'
import type { CliContext, Cluster } from '../context.ts'
import { readText } from '../read-text.ts'

/** A kind that `create -f` knows. */
interface Creatable {
  readonly resource: Resource
  readonly schema: z.ZodObject
  /** What the message calls it. The published plugin calls a ClusterAnalysisTemplate by the name of the other kind. */
  readonly shown: string
}

const kinds: Readonly<Record<string, Creatable>> = {
  Rollout: { resource: rollouts, schema: rolloutSchema, shown: 'rollout' },
  Experiment: { resource: experiments, schema: experimentSchema, shown: 'experiment' },
  AnalysisTemplate: { resource: analysisTemplates, schema: analysisTemplateSchema, shown: 'analysistemplate' },
  ClusterAnalysisTemplate: {
    resource: clusterAnalysisTemplates,
    schema: analysisTemplateSchema,
    shown: 'analysistemplate',
  },
  AnalysisRun: { resource: analysisRuns, schema: analysisRunSchema, shown: 'analysisrun' },
}

/** An object that has been created. */
export interface Created {
  readonly kind: string
  readonly name: string
  readonly namespace: string
  /** What is said of it: `rollout.argoproj.io/web created`. */
  readonly said: string
}

const unknownField = (path: FieldPath, text: string): CommandError => {
  const decoder = text.trimStart().startsWith('{') ? '' : 'error unmarshaling JSON: while decoding JSON: '
  const hint = `It stands at ${formatFieldPath(path)}, where its kind has no such field.`
  return new CommandError(`${decoder}json: unknown field "${path.at(-1)}"`, { hint })
}

const groupOf = (object: JsonObject): string => {
  const [group, version] = (stringOr(object.apiVersion) ?? '').split('/')
  return version === undefined ? '' : (group ?? '')
}

const parsed = (text: string, path: string): JsonObject => {
  const document = parseYaml(text)
  if (isJsonObject(document)) return document
  throw new CommandError(`${path} holds no object: it begins with apiVersion, kind and metadata`)
}

const creatableOf = (object: JsonObject, text: string): Creatable => {
  const [group, kind] = [groupOf(object), stringOr(object.kind) ?? '']
  const creatable = group === 'argoproj.io' ? kinds[kind] : undefined
  if (creatable === undefined) throw new CommandError(`creates of ${group}/${kind} unsupported`)
  const [unknown] = unknownFields(creatable.schema, object)
  if (unknown !== undefined) throw unknownField(unknown, text)
  return creatable
}

/**
 * Creates the object of a file, in the namespace that it names or else that of the command line. A field that its kind does
 * not have is refused, where the server would drop it.
 */
export const createFromFile = async (context: CliContext, cluster: Cluster, path: string): Promise<Created> => {
  const text = await readText(context, path)
  const object = parsed(text, path)
  const { resource, shown } = creatableOf(object, text)
  const metadata = objectOr(object.metadata)
  const namespace = stringOr(metadata.namespace) ?? cluster.namespace
  const placed = resource.namespaced ? { ...object, metadata: { ...metadata, namespace } } : object
  const stored = await cluster.client.create(resource, placed)
  const { name } = stored.metadata
  return { kind: resource.kind, name, namespace, said: `${shown}.argoproj.io/${name} created` }
}
