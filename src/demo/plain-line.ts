import type { TimelineEntry } from '../sandbox/scenario/timeline.ts'

const kindWidth = 12
const timeWidth = 8

/** An entry of the timeline as a line of plain text: time, what it is, whom it is about, what happened. */
export const plainLine = ({ timeMs, kind, subject, text }: TimelineEntry): string => {
  const time = `${(timeMs / 1000).toFixed(1)}s`.padStart(timeWidth)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const clean = `${subject}: ${text}`.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
  return `${time}  ${kind.padEnd(kindWidth)}${clean}`
}
