import { field, imageLines, messageLines } from './head.ts'
import { phaseIcon } from './icons.ts'
import { drawLines, type Line, type Style, span } from './line.ts'
import type { RolloutInfo } from './rollout-info.ts'
import { type Detail, rolloutTree } from './tree.ts'

const canaryLines = ({ canary }: RolloutInfo): Line[] =>
  canary === undefined
    ? []
    : [
        field('  Step:', canary.step ? `${canary.step.index}/${canary.step.count}` : ''),
        field('  SetWeight:', canary.setWeight),
        field('  ActualWeight:', canary.actualWeight),
      ]

const headLines = (info: RolloutInfo): Line[] => [
  field('Name:', info.name),
  field('Namespace:', info.namespace),
  field('Status:', [phaseIcon(info.phase), span(` ${info.phase}`)]),
  ...messageLines(info.message),
  field('Strategy:', info.strategy ?? ''),
  ...canaryLines(info),
  ...imageLines(info.images),
  [{ text: 'Replicas:' }],
  field('  Desired:', info.replicas.desired),
  field('  Current:', info.replicas.current),
  field('  Updated:', info.replicas.updated),
  field('  Ready:', info.replicas.ready),
  field('  Available:', info.replicas.available),
]

/** Draws a Rollout as `get rollout` shows it: the head, an empty line, and the tree. Without line breaks. */
export const renderRollout = (info: RolloutInfo, style: Style, detail: Detail = {}): string[] =>
  drawLines([...headLines(info), [], ...rolloutTree(info, detail)], style)
