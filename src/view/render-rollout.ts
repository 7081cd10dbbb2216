import { phaseIcon, roleColors } from './icons.ts'
import type { ImageInfo } from './image-info.ts'
import { drawLines, type Line, type Style, span } from './line.ts'
import type { RolloutInfo } from './rollout-info.ts'
import { rolloutTree } from './tree.ts'

/** Width of the names in the head, as the published plugin has it. */
const nameWidth = 17

const field = (name: string, value: Line | string | number): Line => [
  { text: name.padEnd(nameWidth) },
  ...(typeof value === 'object' ? value : [span(String(value))]),
]

const imageLine = ({ image, tags }: ImageInfo): Line => {
  if (tags.length === 0) return [span(image)]
  const shown = tags.flatMap((tag, at) => [...(at === 0 ? [] : [{ text: ', ' }]), span(tag, roleColors[tag])])
  return [span(`${image} (`), ...shown, { text: ')' }]
}

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
  ...(info.message === '' ? [] : [field('Message:', info.message)]),
  field('Strategy:', info.strategy ?? ''),
  ...canaryLines(info),
  ...info.images.map((image, at) => field(at === 0 ? 'Images:' : '', imageLine(image))),
  field('Replicas:', ''),
  field('  Desired:', info.replicas.desired),
  field('  Current:', info.replicas.current),
  field('  Updated:', info.replicas.updated),
  field('  Ready:', info.replicas.ready),
  field('  Available:', info.replicas.available),
]

/** Draws a Rollout as `get rollout` shows it: the head, an empty line, and the tree. Without line breaks. */
export const renderRollout = (info: RolloutInfo, style: Style): string[] =>
  drawLines([...headLines(info), [], ...rolloutTree(info)], style)
