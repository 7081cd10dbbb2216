import type { StandaloneExperimentInfo } from './experiment-info.ts'
import { field, imageLines, messageLines } from './head.ts'
import { phaseIcon } from './icons.ts'
import { drawLines, type Line, type Style, span } from './line.ts'
import { type Detail, experimentTree } from './tree.ts'

const headLines = (info: StandaloneExperimentInfo): Line[] => [
  field('Name:', info.name),
  field('Namespace:', info.namespace),
  field('Status:', [phaseIcon(info.phase), span(` ${info.phase}`)]),
  ...messageLines(info.message),
  ...imageLines(info.images),
]

/** Draws an Experiment as `get experiment` shows it: the head, an empty line, and the tree. Without line breaks. */
export const renderExperiment = (info: StandaloneExperimentInfo, style: Style, detail: Detail = {}): string[] =>
  drawLines([...headLines(info), [], ...experimentTree(info, detail)], style)
