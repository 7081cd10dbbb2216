/** A position in a text, with what has been passed since the last `take`. End of text reads as the empty string. */
export class Cursor {
  readonly #text: string
  #start = 0
  #position = 0

  constructor(text: string) {
    this.#text = text
  }

  get atEnd(): boolean {
    return this.#position >= this.#text.length
  }

  /** The next character, not passed yet; empty at the end. */
  get peek(): string {
    return this.#text.charAt(this.#position)
  }

  /** The character before the last one that was passed. */
  get beforeLast(): string {
    return this.#text.charAt(this.#position - 2)
  }

  startsWith(prefix: string): boolean {
    return this.#text.startsWith(prefix, this.#position)
  }

  /** Passes one character and returns it; empty at the end. */
  next(): string {
    const character = this.peek
    if (character !== '') this.#position++
    return character
  }

  back(): void {
    this.#position--
  }

  skip(length: number): void {
    this.#position += length
    this.#start = this.#position
  }

  /** Passes characters while the test holds; the end of the text stops it. */
  while(test: (character: string) => boolean): void {
    while (!this.atEnd && test(this.peek)) this.#position++
  }

  /** What has been passed since the last call. */
  take(): string {
    const taken = this.#text.slice(this.#start, this.#position)
    this.#start = this.#position
    return taken
  }
}
