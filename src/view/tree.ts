import { humanDuration } from '../lib/human-duration.ts'
import type { AnalysisRunInfo } from './analysis-run-info.ts'
import type { ExperimentInfo } from './experiment-info.ts'
import { kindIcons, measurementIcons, phaseIcon, podIcon, roleColors, type TreeKind } from './icons.ts'
import { type Color, type Line, type Span, span } from './line.ts'
import type { PodInfo } from './pod-info.ts'
import type { ReplicaSetInfo } from './replica-set-info.ts'
import type { RevisionInfo, RolloutInfo } from './rollout-info.ts'
import { cell, layOutTable, type Row } from './table.ts'

/** How much a tree shows. */
export interface Detail {
  /** Also the images of ReplicaSets, and why AnalysisRuns and Experiments are as they are. */
  readonly wide?: boolean
}

/** A row of a tree and what hangs below it. */
interface Node {
  readonly name: Line
  /** Kind, status, age and info. */
  readonly cells: Row
  readonly children: readonly Node[]
}

/** What is at work stands out. */
const phaseColor = (phase: string): Color | undefined =>
  phase === 'Pending' || phase === 'Running' ? 'brightBlue' : undefined

const named = (kind: TreeKind, name: string, color?: Color): Line => [
  { text: `${kindIcons[kind]} ` },
  span(name, color),
]

const row = (kind: TreeKind, icon: Span, status: string, ageMs: number, info: Line = []): Row => [
  cell(kind),
  [icon, span(` ${status}`)],
  cell(humanDuration(ageMs)),
  info,
]

const joined = (parts: readonly Line[]): Line =>
  parts.flatMap((part, at) => (at === 0 ? part : [{ text: ',' }, ...part]))

const podNode = (pod: PodInfo): Node => {
  const info = [
    cell(`ready:${pod.ready}/${pod.containers}`),
    ...(pod.restarts > 0 ? [cell(`restarts:${pod.restarts}`)] : []),
  ]
  return {
    name: named('Pod', pod.name),
    cells: row('Pod', podIcon(pod.status), pod.status, pod.ageMs, joined(info)),
    children: [],
  }
}

const delayText = (ms: number): string => (ms < 0 ? 'delay:passed' : `delay:${humanDuration(ms)}`)

/** What only a wide tree shows; nothing where there is nothing to be said. */
const more = (texts: readonly string[], { wide = false }: Detail): readonly Line[] =>
  wide ? texts.filter((text) => text !== '').map(cell) : []

const replicaSetNode = (replicaSet: ReplicaSetInfo, detail: Detail): Node => {
  const { name, status, roles, scaleDownInMs, ageMs, images, pods } = replicaSet
  const shownDelay = scaleDownInMs === undefined ? [] : [cell(delayText(scaleDownInMs))]
  const info = [...roles.map((role) => [span(role, roleColors[role])]), ...shownDelay, ...more(images, detail)]
  return {
    name: named('ReplicaSet', name, roles.map((role) => roleColors[role]).at(-1)),
    cells: row('ReplicaSet', phaseIcon(status), status, ageMs, joined(info)),
    children: pods.map(podNode),
  }
}

const countsInfo = ({ counts }: AnalysisRunInfo): readonly Line[] =>
  (['successful', 'failed', 'inconclusive', 'error'] as const)
    .filter((end) => counts[end] > 0)
    .map((end) => [measurementIcons[end], span(` ${counts[end]}`)])

const analysisRunNode = (run: AnalysisRunInfo, detail: Detail): Node => ({
  name: named('AnalysisRun', run.name, phaseColor(run.phase)),
  cells: row(
    'AnalysisRun',
    phaseIcon(run.phase),
    run.phase,
    run.ageMs,
    joined([...countsInfo(run), ...more([run.message], detail)]),
  ),
  children: run.jobs.map((job) => ({
    name: named('Job', job.name, phaseColor(job.phase)),
    cells: row('Job', phaseIcon(job.phase), job.phase, job.ageMs),
    children: [],
  })),
})

const experimentNode = (experiment: ExperimentInfo, detail: Detail): Node => ({
  name: named('Experiment', experiment.name, phaseColor(experiment.phase)),
  cells: row(
    'Experiment',
    phaseIcon(experiment.phase),
    experiment.phase,
    experiment.ageMs,
    joined(more([experiment.message], detail)),
  ),
  children: [
    ...experiment.replicaSets.map((one) => replicaSetNode(one, detail)),
    ...experiment.analysisRuns.map((one) => analysisRunNode(one, detail)),
  ],
})

const revisionNode = (revision: RevisionInfo, detail: Detail): Node => ({
  name: named('Revision', `revision:${revision.revision}`),
  cells: [[], [], [], []],
  children: [
    ...revision.replicaSets.map((one) => replicaSetNode(one, detail)),
    ...revision.experiments.map((one) => experimentNode(one, detail)),
    ...revision.analysisRuns.map((one) => analysisRunNode(one, detail)),
  ],
})

const rolloutNode = (info: RolloutInfo, detail: Detail): Node => ({
  name: named('Rollout', info.name),
  cells: row('Rollout', phaseIcon(info.phase), info.phase, info.ageMs),
  children: info.revisions.map((one) => revisionNode(one, detail)),
})

/** The rows below a node, each behind the branches that lead to it. */
const rowsBelow = ({ children }: Node, prefix: string): Row[] =>
  children.flatMap((child, at) => {
    const last = at === children.length - 1
    const own: Row = [[{ text: `${prefix}${last ? '└──' : '├──'}` }, ...child.name], ...child.cells]
    return [own, ...rowsBelow(child, `${prefix}${last ? '   ' : '│  '}`)]
  })

const treeOf = (root: Node): Line[] => {
  const head = ['NAME', 'KIND', 'STATUS', 'AGE', 'INFO'].map(cell)
  return layOutTable([head, [root.name, ...root.cells], ...rowsBelow(root, '')])
}

/** The tree of a Rollout as lines, a head line first. */
export const rolloutTree = (info: RolloutInfo, detail: Detail): Line[] => treeOf(rolloutNode(info, detail))

/** The tree of an Experiment as lines, a head line first. */
export const experimentTree = (info: ExperimentInfo, detail: Detail): Line[] => treeOf(experimentNode(info, detail))
