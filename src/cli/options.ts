import { DurationError, durationMs } from '../lib/duration.ts'
import { CommandError } from './command-error.ts'

/** The options of a command and of the commands above it, as the parser left them. */
export class Options {
  readonly #values: Readonly<Record<string, unknown>>

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values
  }

  /** Whether a switch is on. */
  isOn(name: string): boolean {
    return this.#values[name] === true
  }

  /** The text of an option, if it was given. */
  text(name: string): string | undefined {
    const value = this.#values[name]
    return typeof value === 'string' ? value : undefined
  }

  /** The texts of an option that may be given several times. */
  texts(name: string): readonly string[] {
    const value = this.#values[name]
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
  }

  /** The whole number of an option, from 0. `flag` is its name in a message. */
  count(name: string, flag: string): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    if (!/^[0-9]{1,9}$/.test(text))
      throw invalidValue(text, flag, `strconv.ParseInt: parsing "${text}": invalid syntax`)
    return Number(text)
  }

  /**
   * The milliseconds of an option that is a duration such as `90s`. A bare number counts seconds, as in kubectl's
   * `--request-timeout`. 0 stands for no limit and is `undefined` here.
   */
  limitMs(name: string, flag: string): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    return limitOf(/^[0-9]+$/.test(text) ? Number(text) * 1000 : durationOf(text, flag), text, flag)
  }

  /** The same of an option of the published plugin that takes no number without a unit but 0. */
  limitWithUnitMs(name: string, flag: string): number | undefined {
    const text = this.text(name)
    return text === undefined ? undefined : limitOf(durationOf(text, flag), text, flag)
  }
}

/**
 * What programs in Go say of a value that a flag does not take, word for word, since scripts look for it. `flag` as in help:
 * `-t, --timeout`.
 */
export const invalidValue = (text: string, flag: string, why: string, cause?: unknown): CommandError =>
  new CommandError(`invalid argument "${text}" for "${flag}" flag: ${why}`, { cause })

const limitOf = (ms: number, text: string, flag: string): number | undefined => {
  if (ms < 0) throw invalidValue(text, flag, 'a duration from 0 is needed')
  return ms === 0 ? undefined : ms
}

const durationOf = (text: string, flag: string): number => {
  try {
    return durationMs(text)
  } catch (error) {
    throw invalidValue(text, flag, error instanceof DurationError ? error.message : String(error), error)
  }
}

/** Reads a value that may be given several times, each time one or several with commas between them. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...value.split(','),
]

/** Reads a value that may be given several times. It may hold commas, so each one is an option of its own. */
export const collectWhole = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]
