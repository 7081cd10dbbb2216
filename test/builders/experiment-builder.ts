import type { ExperimentManifest, ExperimentTemplate } from '../../src/api/experiment.ts'

type Spec = ExperimentManifest['spec']
type Analysis = NonNullable<Spec['analyses']>[number]

/** A template of an Experiment: one pod of an image of its own, `<name>:1`, that serves on a port. */
export const aTemplate = (name: string, members: Partial<ExperimentTemplate> = {}): ExperimentTemplate => ({
  name,
  selector: { matchLabels: { app: 'ab', version: name } },
  template: {
    metadata: { labels: { app: 'ab', version: name } },
    spec: { containers: [{ name: 'main', image: `${name}:1`, ports: [{ containerPort: 8080 }] }] },
  },
  ...members,
})

/** An analysis by the AnalysisTemplate of its own name. */
export const anAnalysis = (name: string, members: Partial<Analysis> = {}): Analysis => ({
  name,
  templateName: name,
  ...members,
})

/**
 * Makes Experiments for tests: `anExperiment('ab').withTemplates(aTemplate('a')).lasting('1m').build()`. Every method
 * returns a new builder. What is not said has the least that works: one template `a`, no end.
 */
export class ExperimentBuilder {
  readonly #manifest: ExperimentManifest

  constructor(manifest: ExperimentManifest) {
    this.#manifest = manifest
  }

  build(): ExperimentManifest {
    return structuredClone(this.#manifest)
  }

  withTemplates(...templates: ExperimentTemplate[]): ExperimentBuilder {
    return this.withSpec({ templates })
  }

  withAnalyses(...analyses: Analysis[]): ExperimentBuilder {
    return this.withSpec({ analyses })
  }

  lasting(duration: string): ExperimentBuilder {
    return this.withSpec({ duration })
  }

  /** Sets members of the spec, in place of what was there. */
  withSpec(members: Partial<Spec>): ExperimentBuilder {
    return new ExperimentBuilder({ ...this.#manifest, spec: { ...this.#manifest.spec, ...members } })
  }

  /** Sets members of the metadata, in place of what was there. */
  withMetadata(members: ExperimentManifest['metadata']): ExperimentBuilder {
    return new ExperimentBuilder({ ...this.#manifest, metadata: { ...this.#manifest.metadata, ...members } })
  }
}

/** See {@link ExperimentBuilder}. */
export const anExperiment = (name: string): ExperimentBuilder =>
  new ExperimentBuilder({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name, namespace: 'default' },
    spec: { templates: [aTemplate('a')] },
  })
