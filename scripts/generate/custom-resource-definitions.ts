import type { z } from 'zod'
import { analysisRunSchema } from '../../src/api/analysis-run.ts'
import { analysisTemplateSchema, clusterAnalysisTemplateSchema } from '../../src/api/analysis-template.ts'
import { experimentSchema } from '../../src/api/experiment.ts'
import {
  analysisRuns,
  analysisTemplates,
  clusterAnalysisTemplates,
  experiments,
  rollouts,
} from '../../src/api/resources.ts'
import { rolloutSchema } from '../../src/api/rollout.ts'
import { formatYaml } from '../../src/lib/yaml.ts'
import { schemaOfZod } from './schema-of-zod.ts'
import type { StructuralSchema } from './structural-schema.ts'

interface Kind {
  readonly resource: typeof rollouts
  readonly shortName: string
  readonly schema: z.ZodObject
  readonly columns: readonly Column[]
  readonly subresources: Readonly<Record<string, unknown>>
}

interface Column {
  readonly name: string
  readonly type: string
  readonly jsonPath: string
  readonly description: string
}

const age: Column = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'Time since the object was created',
}

const phase: Column = { name: 'Status', type: 'string', jsonPath: '.status.phase', description: 'Phase' }

const count = (name: string, jsonPath: string, description: string): Column => ({
  name,
  type: 'integer',
  jsonPath,
  description,
})

/** Names, columns and subresources are those of the published CRDs: scripts and autoscalers rely on them. */
const kinds: readonly Kind[] = [
  {
    resource: rollouts,
    shortName: 'ro',
    schema: rolloutSchema,
    columns: [
      count('Desired', '.spec.replicas', 'Pods that are wanted'),
      count('Current', '.status.replicas', 'Pods there are'),
      count('Up-to-date', '.status.updatedReplicas', 'Pods of the desired version'),
      count('Available', '.status.availableReplicas', 'Pods that are available'),
      age,
    ],
    subresources: {
      scale: {
        labelSelectorPath: '.status.selector',
        specReplicasPath: '.spec.replicas',
        statusReplicasPath: '.status.HPAReplicas',
      },
      status: {},
    },
  },
  { resource: analysisTemplates, shortName: 'at', schema: analysisTemplateSchema, columns: [age], subresources: {} },
  {
    resource: clusterAnalysisTemplates,
    shortName: 'cat',
    schema: clusterAnalysisTemplateSchema,
    columns: [age],
    subresources: {},
  },
  { resource: analysisRuns, shortName: 'ar', schema: analysisRunSchema, columns: [phase, age], subresources: {} },
  { resource: experiments, shortName: 'exp', schema: experimentSchema, columns: [phase, age], subresources: {} },
]

/** The server checks these itself; their schema only documents them. */
const objectFields: Readonly<Record<string, StructuralSchema>> = {
  apiVersion: { type: 'string', description: 'Version of the schema of this object: argoproj.io/v1alpha1.' },
  kind: { type: 'string', description: 'Kind of this object.' },
  metadata: { type: 'object' },
}

const rootSchemaOf = ({ schema, resource }: Kind): StructuralSchema => {
  const { spec, status } = schema.shape
  const fields = Object.entries({ spec, status }).filter(([, field]) => field !== undefined)
  return {
    type: 'object',
    description: schema.description ?? '',
    required: ['spec'],
    properties: {
      ...objectFields,
      ...Object.fromEntries(fields.map(([name, field]) => [name, schemaOfZod(field, `${resource.kind}.${name}`)])),
    },
  }
}

const definitionOf = (kind: Kind) => {
  const { group, plural, version, namespaced, kind: name } = kind.resource
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: {
        kind: name,
        listKind: `${name}List`,
        plural,
        shortNames: [kind.shortName],
        singular: name.toLowerCase(),
      },
      scope: namespaced ? 'Namespaced' : 'Cluster',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          additionalPrinterColumns: kind.columns,
          subresources: kind.subresources,
          schema: { openAPIV3Schema: rootSchemaOf(kind) },
        },
      ],
    },
  }
}

/** A CustomResourceDefinition, `apiextensions.k8s.io/v1`. */
export type CustomResourceDefinition = ReturnType<typeof definitionOf>

/** The CustomResourceDefinitions of all five kinds. */
export const customResourceDefinitions = (): readonly CustomResourceDefinition[] => kinds.map(definitionOf)

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  )
}

const header = '# Generated from src/api by `npm run generate`. Change the schemas there.\n'

/** The files of `crds/`, by name: the same text for the same schemas, keys in alphabetical order. */
export const crdFiles = (): ReadonlyMap<string, string> =>
  new Map(
    customResourceDefinitions().map((definition) => [
      `${definition.metadata.name}.yaml`,
      header + formatYaml(sorted(definition)),
    ]),
  )
