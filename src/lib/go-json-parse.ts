/** A text that is no JSON. The message is Go's (`invalid character 'x' looking for beginning of value`). */
export class GoJsonError extends Error {
  override readonly name = 'GoJsonError'
}

/** A character in Go's single quotes. */
const quoted = (character: string): string => {
  if (character === "'") return "'\\''"
  if (character === '"') return "'\"'"
  return `'${JSON.stringify(character).slice(1, -1)}'`
}

/** Walks a JSON text for the sole purpose of saying what is wrong with it, in Go's words. */
class Complaint {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Throws the complaint; returns if there is none. */
  find(): void {
    this.#value('looking for beginning of value')
    this.#space()
    if (this.#at < this.#text.length) this.#fail('after top-level value')
  }

  #fail(context: string): never {
    const code = this.#text.codePointAt(this.#at)
    // Go ends the text with a space, and complains where a space cannot be.
    if (code === undefined && !/^in (?:literal|numeric|exponent|string escape|\\u)|^after decimal/.test(context)) {
      throw new GoJsonError('unexpected end of JSON input')
    }
    if (code === undefined) throw new GoJsonError(`invalid character ' ' ${context}`)
    // Go looks at bytes: of a longer character it names the first.
    const character =
      code < 0x80 ? String.fromCodePoint(code) : String.fromCharCode(Buffer.from(String.fromCodePoint(code))[0] ?? 0)
    throw new GoJsonError(`invalid character ${quoted(character)} ${context}`)
  }

  #space(): void {
    while (/^[ \t\r\n]$/.test(this.#text[this.#at] ?? '')) this.#at += 1
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  #value(context: string): void {
    this.#space()
    const character = this.#text[this.#at] ?? ''
    if (this.#take('{')) {
      this.#object()
      return
    }
    if (this.#take('[')) {
      this.#array()
      return
    }
    if (this.#take('"')) {
      this.#string()
      return
    }
    if (/^[-0-9]$/.test(character)) {
      this.#number()
      return
    }
    const word = ['true', 'false', 'null'].find((candidate) => candidate.startsWith(character) && character !== '')
    if (word === undefined) this.#fail(context)
    this.#word(word)
  }

  #word(word: string): void {
    for (const character of word) {
      if (!this.#take(character)) this.#fail(`in literal ${word} (expecting ${quoted(character)})`)
    }
  }

  #object(): void {
    this.#space()
    if (this.#take('}')) return
    do {
      this.#space()
      if (!this.#take('"')) this.#fail('looking for beginning of object key string')
      this.#string()
      this.#space()
      if (!this.#take(':')) this.#fail('after object key')
      this.#value('looking for beginning of value')
      this.#space()
    } while (this.#take(','))
    if (!this.#take('}')) this.#fail('after object key:value pair')
  }

  #array(): void {
    this.#space()
    if (this.#take(']')) return
    do {
      this.#value('looking for beginning of value')
      this.#space()
    } while (this.#take(','))
    if (!this.#take(']')) this.#fail('after array element')
  }

  #string(): void {
    while (!this.#take('"')) {
      const character = this.#text[this.#at] ?? ''
      if (character === '' || character < ' ') this.#fail('in string literal')
      this.#at += 1
      if (character === '\\') this.#escape()
    }
  }

  #escape(): void {
    const character = this.#text[this.#at] ?? ''
    if (character === '' || !'"\\/bfnrtu'.includes(character)) this.#fail('in string escape code')
    this.#at += 1
    for (let digit = 0; character === 'u' && digit < 4; digit += 1) {
      if (!/^[0-9a-fA-F]$/.test(this.#text[this.#at] ?? '')) this.#fail('in \\u hexadecimal character escape')
      this.#at += 1
    }
  }

  #number(): void {
    this.#take('-')
    if (!this.#take('0')) this.#digits('in numeric literal')
    if (this.#take('.')) this.#digits('after decimal point in numeric literal')
    if (this.#take('e') || this.#take('E')) {
      if (!this.#take('+')) this.#take('-')
      this.#digits('in exponent of numeric literal')
    }
  }

  #digits(context: string): void {
    if (!/^[0-9]$/.test(this.#text[this.#at] ?? '')) this.#fail(context)
    while (/^[0-9]$/.test(this.#text[this.#at] ?? '')) this.#at += 1
  }
}

/** Parses JSON as Go's `encoding/json` into untyped values: numbers are float64. Throws {@link GoJsonError}. */
export const parseGoJson = (text: string): unknown => {
  try {
    return JSON.parse(text, (_, value: unknown, { source }: { source?: string } = {}) => {
      if (typeof value !== 'number' || Number.isFinite(value)) return value
      throw new GoJsonError(`json: cannot unmarshal number ${source ?? ''} into Go value of type float64`)
    })
  } catch (cause) {
    if (cause instanceof GoJsonError) throw cause
    new Complaint(text).find()
    throw new GoJsonError('unexpected end of JSON input', { cause })
  }
}
