/** Where a terminal's output goes. */
export interface Output {
  write(text: string): void
}

const csi = '\u001b['
const hideCursor = `${csi}?25l`
const showCursor = `${csi}?25h`
const home = `${csi}H`
const clearScreen = `${csi}2J`
const clearToEndOfLine = `${csi}K`
const clearBelow = `${csi}J`

/** A terminal that shows one picture after the other in the same place, without flicker. */
export class Screen {
  readonly #output: Output
  #open = false

  constructor(output: Output) {
    this.#output = output
  }

  /** Shows a picture in place of the one before. */
  show(lines: readonly string[]): void {
    if (!this.#open) this.#output.write(hideCursor + clearScreen)
    this.#open = true
    const text = lines.map((line) => `${line}${clearToEndOfLine}\n`).join('')
    this.#output.write(home + text + clearBelow)
  }

  /** Leaves the last picture where it is and gives the cursor back. May be called more than once. */
  close(): void {
    if (this.#open) this.#output.write(showCursor)
    this.#open = false
  }
}
