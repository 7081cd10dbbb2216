import assert from 'node:assert/strict'
import type { AnalysisRun } from '../../src/api/analysis-run.ts'
import type { Experiment, TemplateStatus } from '../../src/api/experiment.ts'
import type { Pod } from '../../src/api/kubernetes/pod.ts'
import type { Service } from '../../src/api/kubernetes/service.ts'
import type { ReplicaSet } from '../../src/api/kubernetes/workloads.ts'
import { experimentTemplateNameAnnotation } from '../../src/api/labels.ts'
import type { DeepReadonly } from '../../src/lib/json.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { eventsOf } from './expect.ts'
import type { Condition, Story } from './harness.ts'

const namespace = 'default'

/** An Experiment as the API server has it. Fails when there is none. */
export const theExperiment = (sandbox: Sandbox, name: string): DeepReadonly<Experiment> => {
  const found = sandbox.cluster.get('Experiment', { namespace, name })
  return found ?? assert.fail(`there is no Experiment ${name}`)
}

/** Conditions on an Experiment: `await story.until(experiment('ab').is('Running'))`. */
export const experiment = (name: string) => ({
  is: (phase: string, message?: string): Condition => ({
    describe: `Experiment ${name} is ${phase}${message === undefined ? '' : ` with message ${message}`}`,
    holds: (sandbox) => {
      const { status } = theExperiment(sandbox, name)
      return status?.phase === phase && (message === undefined || (status.message ?? '') === message)
    },
    actual: (sandbox) => JSON.stringify(theExperiment(sandbox, name).status),
  }),
  hasPods: (wanted: Readonly<Record<string, number>>): Condition => ({
    describe: `Experiment ${name} has pods ${JSON.stringify(wanted)}`,
    holds: (sandbox) => JSON.stringify(podsOf(sandbox, name)) === JSON.stringify(wanted),
    actual: (sandbox) => JSON.stringify(podsOf(sandbox, name)),
  }),
})

/** ReplicaSets of an Experiment, by the name of the template. */
export const replicaSetsOf = (sandbox: Sandbox, name: string): ReadonlyMap<string, DeepReadonly<ReplicaSet>> =>
  new Map(
    sandbox.cluster
      .controlledBy('ReplicaSet', theExperiment(sandbox, name).metadata.uid)
      .map((set) => [set.metadata.annotations?.[experimentTemplateNameAnnotation] ?? '', set] as const)
      .sort(([left], [right]) => left.localeCompare(right)),
  )

const isStaying = ({ metadata }: DeepReadonly<Pod>): boolean => metadata.deletionTimestamp === undefined

/** How many pods each template of an Experiment has, by its name; those without pods are left out. */
const podsOf = (sandbox: Sandbox, name: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...replicaSetsOf(sandbox, name)]
      .map(
        ([template, set]) =>
          [template, sandbox.cluster.controlledBy('Pod', set.metadata.uid).filter(isStaying).length] as const,
      )
      .filter(([, count]) => count > 0),
  )

/** The state of a template. Fails when the status has none. */
export const templateStatusOf = ({ sandbox }: Story, name: string, template: string): DeepReadonly<TemplateStatus> =>
  theExperiment(sandbox, name).status?.templateStatuses?.find((one) => one.name === template) ??
  assert.fail(`the status of ${name} has no template ${template}`)

const ownedBy =
  (uid: string) =>
  ({ metadata }: DeepReadonly<AnalysisRun | Service>): boolean =>
    metadata.ownerReferences?.some((owner) => owner.uid === uid) === true

/** AnalysisRuns of an Experiment. */
export const experimentRunsOf = ({ sandbox }: Story, name: string): readonly DeepReadonly<AnalysisRun>[] =>
  sandbox.cluster.list('AnalysisRun', namespace).filter(ownedBy(theExperiment(sandbox, name).metadata.uid))

/** Services of an Experiment. */
export const experimentServicesOf = ({ sandbox }: Story, name: string): readonly DeepReadonly<Service>[] =>
  sandbox.cluster.list('Service', namespace).filter(ownedBy(theExperiment(sandbox, name).metadata.uid))

/** Events about an Experiment, in their order: `Reason: message`. */
export const experimentEvents = (story: Story, name: string): readonly string[] =>
  eventsOf(story, `Experiment ${namespace}/${name}`)
