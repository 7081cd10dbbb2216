import picocolors from 'picocolors'
import { inAscii } from './ascii.ts'

/** The colours that trees and tables use. */
export type Color = 'green' | 'yellow' | 'red' | 'brightBlue'

/** A piece of a line in one colour. */
export interface Span {
  readonly text: string
  readonly color?: Color
}

/** One line of output, before it is known whether the terminal shows colours. */
export type Line = readonly Span[]

/** How lines are drawn. */
export interface Style {
  readonly color: boolean
  /** Whether signs and branches are ASCII. */
  readonly ascii?: boolean
  /** Columns of the terminal; longer lines are cut, so that a repaint knows how many rows it takes. Absent: never cut. */
  readonly width?: number | undefined
}

/** What no terminal may get from a name or a message: control characters, which can move the cursor or change colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controlCharacters = /[\u0000-\u001f\u007f-\u009f]+/g

/** A piece of text that may come from anybody, made safe to print on one line. */
export const span = (text: string, color?: Color): Span => ({
  text: text.replace(controlCharacters, ' '),
  ...(color && { color }),
})

const wide = /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u
const zeroWidth = /\p{Mn}|\p{Me}|\p{Cf}/u

const characterWidth = (character: string): number => {
  if (character < '\u0300') return 1
  if (zeroWidth.test(character)) return 0
  return wide.test(character) ? 2 : 1
}

/** Columns that a text takes in a terminal. */
export const displayWidth = (text: string): number =>
  [...text].reduce((width, character) => width + characterWidth(character), 0)

/** Columns that a line takes. */
export const lineWidth = (line: Line): number => line.reduce((width, { text }) => width + displayWidth(text), 0)

/** The beginning of a text that fits into so many columns. */
const cut = (text: string, columns: number): string => {
  let width = 0
  let kept = ''
  for (const character of text) {
    width += characterWidth(character)
    if (width > columns) return kept
    kept += character
  }
  return kept
}

const fit = (line: Line, columns: number): Line => {
  if (lineWidth(line) <= columns) return line
  let left = columns - 1
  const kept: Span[] = []
  for (const piece of line) {
    const text = cut(piece.text, left)
    left -= displayWidth(text)
    kept.push({ ...piece, text })
    if (text !== piece.text) break
  }
  return [...kept, { text: '…' }]
}

const trimEnd = (line: Line): Line => {
  const last = line.findLastIndex(({ text }) => text.trimEnd() !== '')
  return line.slice(0, last + 1).map((piece, at) => (at === last ? { ...piece, text: piece.text.trimEnd() } : piece))
}

/** Makes strings of lines, one each. Where they have to fit into a width, spaces at their end are left out. */
export const drawLines = (lines: readonly Line[], style: Style): string[] => {
  const { green, yellow, red, blueBright } = picocolors.createColors(style.color)
  const paint = { green, yellow, red, brightBlue: blueBright }
  return lines.map((line) => {
    const fitted = style.width === undefined ? line : fit(trimEnd(line), style.width)
    const drawn = fitted.map(({ text, color }) => (color && text !== '' ? paint[color](text) : text)).join('')
    return style.ascii ? inAscii(drawn) : drawn
  })
}
