import type { Command, Option } from 'commander'
import { invalidValue } from './options.ts'

/** Where a command line leads to in the tree of commands. */
export interface Place {
  readonly command: Command
  /** Words so far that are no options and no names of commands. */
  readonly operands: readonly string[]
  /** The option that still waits for its value. */
  readonly pending: Option | undefined
}

const withParents = (command: Command): readonly Command[] =>
  command.parent ? [command, ...withParents(command.parent)] : [command]

/** The options that may stand behind a command: its own and those of all commands. */
export const optionsOf = (command: Command): readonly Option[] => withParents(command).flatMap(({ options }) => options)

const takesValue = (option: Option | undefined): boolean =>
  option !== undefined && (option.required || option.optional) && !option.isBoolean()

/** The subcommand of this name or alias. */
const subcommand = (command: Command, name: string): Command | undefined =>
  command.commands.find((one) => one.name() === name || one.aliases().includes(name))

/** Follows words through the tree of commands, as the parser will. */
export const follow = (program: Command, words: readonly string[]): Place => {
  let command = program
  let pending: Option | undefined
  const operands: string[] = []
  for (const word of words) {
    if (pending) {
      pending = undefined
    } else if (word.startsWith('-')) {
      const option = optionsOf(command).find((one) => one.long === word || one.short === word)
      pending = takesValue(option) ? option : undefined
    } else {
      const next = operands.length === 0 ? subcommand(command, word) : undefined
      if (next) command = next
      else operands.push(word)
    }
  }
  return { command, operands, pending }
}

const truths: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const untruths: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

const switchWord = (option: Option, value: string, known: readonly Option[]): readonly string[] | undefined => {
  const long = option.long ?? ''
  if (truths.has(value)) return [long]
  if (!untruths.has(value)) return undefined
  const opposite = known.find((one) => one.long === `--no-${long.slice(2)}`)
  return opposite ? [`--no-${long.slice(2)}`] : []
}

/** `-w, --watch`, or the long name alone. */
const flagsText = ({ short, long }: Option): string => [short, long].filter((name) => name !== undefined).join(', ')

/** `--watch=false` and `-v=6`: forms that kubectl and its plugins take and the parser does not know. */
const plainWords = (word: string, known: readonly Option[]): readonly string[] => {
  const [, name, value] = /^(--?[^=]+)=(.*)$/s.exec(word) ?? []
  const option = known.find(({ long, short }) => name !== undefined && (long === name || short === name))
  if (option === undefined || name === undefined || value === undefined) return [word]
  if (takesValue(option)) return name === option.short ? [name, value] : [word]
  const words = switchWord(option, value, known)
  if (words === undefined)
    throw invalidValue(value, flagsText(option), `strconv.ParseBool: parsing "${value}": invalid syntax`)
  return words
}

/**
 * Brings the words of a command line into the form that the parser knows. Values and what follows `--` stay as they are.
 * @throws CommandError for a switch that is set to neither true nor false
 */
export const normalizeWords = (program: Command, words: readonly string[]): string[] => {
  const normal: string[] = []
  const end = words.indexOf('--')
  const own = end < 0 ? words : words.slice(0, end)
  for (const word of own) {
    const { command, pending } = follow(program, normal)
    normal.push(...(pending || !word.startsWith('-') ? [word] : plainWords(word, optionsOf(command))))
  }
  return end < 0 ? normal : [...normal, ...words.slice(end)]
}
