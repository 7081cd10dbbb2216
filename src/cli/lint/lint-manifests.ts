import type * as z from 'zod'
import { analysisRunSchema } from '../../api/analysis-run.ts'
import { analysisTemplateSchema } from '../../api/analysis-template.ts'
import { experimentSchema } from '../../api/experiment.ts'
import { rolloutSchema } from '../../api/rollout.ts'
import { formatFieldPath, unknownFields } from '../../api/validation/unknown-fields.ts'
import { isArgoKind, type Manifest } from '../manifests.ts'
import { type Finding, finding } from './finding.ts'
import { lintExperiment, lintTemplate } from './lint-analysis.ts'
import { lintRollout } from './lint-rollout.ts'

/** How a kind is checked besides its fields. Kinds of others are only looked at where ours name them. */
interface Checked {
  readonly schema: z.ZodObject
  readonly check: (manifest: Manifest, all: readonly Manifest[]) => readonly Finding[]
}

const kinds: Readonly<Record<string, Checked>> = {
  Rollout: { schema: rolloutSchema, check: lintRollout },
  AnalysisTemplate: { schema: analysisTemplateSchema, check: lintTemplate },
  ClusterAnalysisTemplate: { schema: analysisTemplateSchema, check: lintTemplate },
  Experiment: { schema: experimentSchema, check: lintExperiment },
  AnalysisRun: { schema: analysisRunSchema, check: () => [] },
}

const checkedOf = (manifest: Manifest): Checked | undefined =>
  Object.entries(kinds).find(([kind]) => isArgoKind(manifest, kind))?.[1]

/** Everything that is wrong with the objects of files, in their order, fields that do not exist first. */
export const lintManifests = (all: readonly Manifest[]): readonly Finding[] =>
  all.flatMap((manifest) => {
    const checked = checkedOf(manifest)
    if (checked === undefined) return []
    const unknown = unknownFields(checked.schema, manifest.object).map((path) =>
      finding(manifest, 'unknown-field', formatFieldPath(path), `unknown field "${path.at(-1)}"`),
    )
    return [...unknown, ...checked.check(manifest, all)]
  })
