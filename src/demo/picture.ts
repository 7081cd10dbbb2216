import type { TimelineEntry } from '../sandbox/scenario/timeline.ts'
import { measurementIcons, phaseIcon } from '../view/icons.ts'
import { type Color, drawLines, type Line, lineWidth, type Style, span } from '../view/line.ts'
import type { RolloutInfo } from '../view/rollout-info.ts'
import { rolloutTree } from '../view/tree.ts'
import type { MetricLine, Program, TrafficPart } from './program.ts'

/** The room there is for a picture. */
export interface Stage extends Style {
  readonly width: number
  readonly rows: number
}

const labelWidth = 10
const barWidth = 40

const label = (text: string): Line => [span(text.padEnd(labelWidth))]

const time = (timeMs: number): string => {
  const seconds = Math.floor(timeMs / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** The title at the left, the time of the scenario at the right. */
const titleLine = ({ title, timeMs }: Program, width: number): Line => {
  const clock = `${time(timeMs)} of the story`
  const space = Math.max(1, width - lineWidth([span(title)]) - clock.length)
  return [span(title, 'brightBlue'), span(' '.repeat(space)), span(clock)]
}

/** Breaks a text into lines at spaces. */
const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

const statusLines = ({ phase, message }: RolloutInfo, width: number): readonly Line[] => {
  const reason = message === '' ? [] : wrap(message, width - labelWidth - 2)
  return [
    [...label('Status'), phaseIcon(phase), span(` ${phase}`)],
    ...reason.map((text): Line => [...label(''), span(`  ${text}`, phase === 'Degraded' ? 'red' : 'yellow')]),
  ]
}

const stepLine = ({ canary }: RolloutInfo): readonly Line[] => {
  if (canary?.step === undefined) return []
  const { index, count } = canary.step
  return [[...label('Step'), span(`${index} of ${count}, canary weight ${canary.setWeight} %`)]]
}

const colors: Readonly<Record<TrafficPart['role'], Color>> = {
  stable: 'green',
  other: 'brightBlue',
  canary: 'yellow',
  nobody: 'red',
}
const fills: Readonly<Record<TrafficPart['role'], string>> = { stable: '█', other: '▒', canary: '▓', nobody: 'x' }

const trafficLines = (parts: readonly TrafficPart[]): readonly Line[] => {
  const bar = parts.map(({ role, share }) => span(fills[role].repeat(Math.round(share * barWidth)), colors[role]))
  const legend = parts.flatMap(({ label: name, role, share }, at): Line => {
    const who = role === 'nobody' ? 'failed' : `${name} ${role === 'other' ? 'old' : role}`
    return [...(at === 0 ? [] : [span(', ')]), span(`${who} ${Math.round(share * 100)} %`, colors[role])]
  })
  return [
    [...label('Traffic'), ...bar],
    [...label(''), ...legend],
  ]
}

const icons = {
  Successful: measurementIcons.successful,
  Failed: measurementIcons.failed,
  Inconclusive: measurementIcons.inconclusive,
  Error: measurementIcons.error,
} as const

const shortValue = (value: string | undefined): string => {
  const text = (value ?? '').replace(/^\[(.*)\]$/, '$1')
  const number = Number(text)
  return text === '' || Number.isNaN(number) ? text.slice(0, 12) : String(Number(number.toPrecision(3)))
}

const metricLines = ({ name, condition, measurements }: MetricLine, width: number): readonly Line[] => {
  const values = measurements
    .filter(({ finishedAt }) => finishedAt !== undefined)
    .map(({ value, phase }): Line => [icons[phase as keyof typeof icons] ?? span('?'), span(`${shortValue(value)} `)])
  const shown: Line[] = []
  let left = width - labelWidth
  for (const value of values.toReversed()) {
    left -= lineWidth(value)
    if (left < 0) break
    shown.unshift(value)
  }
  return [
    [...label('Analysis'), span(condition === '' ? name : `${name}, wanted: ${condition}`)],
    [...label(''), ...shown.flat()],
  ]
}

const entryLine = ({ timeMs, text }: TimelineEntry): Line => [
  span(`${time(timeMs)}  `.padStart(labelWidth)),
  span(text),
]

const toldKinds = new Set(['change', 'event', 'fault', 'unmatched'])
/** A terminal with fewer rows shows fewer news, so that the tree keeps its room. */
const tallRows = 32

/** The tree without its pods, for a stage that is too low for them: ReplicaSets tell how their pods fare. */
const withoutPods = (info: RolloutInfo): RolloutInfo => ({
  ...info,
  revisions: info.revisions.map((revision) => ({
    ...revision,
    replicaSets: revision.replicaSets.map((replicaSet) => ({ ...replicaSet, pods: [] })),
  })),
})

const treeWithin = (rollout: RolloutInfo, room: number): readonly Line[] => {
  const whole = rolloutTree(rollout, {})
  if (whole.length <= room) return whole
  const low = rolloutTree(withoutPods(rollout), {})
  return low.length <= room ? low : [...low.slice(0, Math.max(0, room - 1)), [span('…')]]
}

/**
 * One picture: what is released, who gets the requests, what the analysis measured, the tree and the latest news. It
 * never has more lines than the stage; the tree loses its pods first, then its oldest revisions.
 */
export const draw = (program: Program, stage: Stage): readonly string[] => {
  const { rollout, traffic, metrics, entries } = program
  const head: Line[] = [
    titleLine(program, stage.width),
    [],
    ...statusLines(rollout, stage.width),
    ...stepLine(rollout),
    ...trafficLines(traffic),
    ...metrics.slice(-1).flatMap((metric) => metricLines(metric, stage.width)),
    [],
  ]
  const news = entries.filter(({ kind }) => toldKinds.has(kind)).slice(stage.rows < tallRows ? -2 : -4)
  const foot: Line[] = [[], ...news.map(entryLine)]
  const tree = treeWithin(rollout, stage.rows - head.length - foot.length - 1)
  return drawLines([...head, ...tree, ...foot].slice(0, Math.max(1, stage.rows - 1)), stage)
}
