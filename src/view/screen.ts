const home = '\u001b[H'
const clearScreen = '\u001b[2J'
const clearToEndOfLine = '\u001b[K'
const clearToEndOfScreen = '\u001b[J'
const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'

/** What is sent to a terminal before the first frame. */
export const beginFrames = `${hideCursor}${home}${clearScreen}`

/** What is sent after the last frame, which stays to be read. */
export const endFrames = showCursor

/** As many lines as a terminal has rows, the last one saying how many are missing. One row is left for the cursor. */
export const clip = (lines: readonly string[], rows: number | undefined): readonly string[] => {
  if (rows === undefined || lines.length < rows) return lines
  const shown = Math.max(1, rows - 2)
  return [...lines.slice(0, shown), `… ${lines.length - shown} more lines`]
}

/**
 * Draws lines over the frame before, without clearing it first: what stays the same is written over itself, so that
 * nothing flickers.
 */
export const frame = (lines: readonly string[]): string =>
  `${home}${lines.map((line) => `${line}${clearToEndOfLine}\n`).join('')}${clearToEndOfScreen}`
