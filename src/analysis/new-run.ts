import type { AnalysisRunManifest } from '../api/analysis-run.ts'
import type { OwnerReference } from '../api/kubernetes/object-meta.ts'
import { analysisRunSpecOf, type RunContent } from '../api/validation/analysis-run-spec.ts'
import { TemplateMergeError } from '../api/validation/analysis-templates.ts'
import type { DeepReadonly } from '../lib/json.ts'

/** What a new AnalysisRun is made of. */
export interface NewRun extends RunContent {
  readonly name: string
  readonly namespace: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly owner?: DeepReadonly<OwnerReference>
}

/** A run to be created, or the published message why there can be none. */
export type NewRunResult =
  | { readonly ok: true; readonly run: AnalysisRunManifest }
  | { readonly ok: false; readonly error: string }

/** The AnalysisRun that templates and arguments make, see {@link analysisRunSpecOf}. Pure; nothing is validated beyond the merge. */
export const analysisRunFromTemplates = (input: NewRun): NewRunResult => {
  const { name, namespace, labels, annotations, owner } = input
  try {
    const run: AnalysisRunManifest = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: {
        name,
        namespace,
        ...(labels && { labels: { ...labels } }),
        ...(annotations && { annotations: { ...annotations } }),
        ...(owner && { ownerReferences: [{ ...owner }] }),
      },
      spec: analysisRunSpecOf(input),
    }
    return { ok: true, run }
  } catch (error) {
    if (error instanceof TemplateMergeError) return { ok: false, error: error.message }
    throw error
  }
}
