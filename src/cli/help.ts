import { type Command, Help, type Option } from 'commander'
import { examples } from './examples.ts'

/** The words that lead to a command, without the name of the program: `get rollout`. */
export const pathOf = (command: Command): string =>
  command.parent === null ? '' : `${pathOf(command.parent)} ${command.name()}`.trim()

/** The whole of what a user types before arguments and flags: `kubectl crossfade get rollout`. */
export const fullPathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${fullPathOf(command.parent)} ${command.name()}`

/** The options of the commands above one, nearest first. */
const inheritedOptions = ({ parent }: Command): readonly Option[] =>
  parent === null ? [] : [...parent.options, ...inheritedOptions(parent)]

const shown = (options: readonly Option[]): readonly Option[] => options.filter(({ hidden }) => !hidden)

const argumentsOf = (command: Command): string =>
  command.registeredArguments
    .map((argument) => (argument.variadic ? ` ${argument.name()}...` : ` ${argument.name()}`))
    .map((text, at) => (command.registeredArguments[at]?.required ? text : ` [${text.trim()}]`))
    .join('')

/** How a command is called, as its help and the reference show it. */
export const useLine = (command: Command): string => `${fullPathOf(command)}${argumentsOf(command)} [flags]`

const useLines = (command: Command): readonly string[] =>
  command.commands.length > 0 ? [useLine(command), `${fullPathOf(command)} [command]`] : [useLine(command)]

const indented = (lines: readonly string[]): string => lines.map((line) => `  ${line}`.trimEnd()).join('\n')

/** Two columns, the first as wide as its longest text. */
const columns = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([name]) => name.length))
  return indented(rows.map(([name, text]) => `${name.padEnd(width)}   ${text}`))
}

/** Flags without a letter stand below the names of the others. */
const term = ({ short, flags }: Option): string => (short === undefined ? `    ${flags}` : flags)

const meaning = ({ description, argChoices, defaultValue, negate }: Option): string => {
  const choices = argChoices === undefined ? '' : `: ${argChoices.join(', ')}`
  const usual = typeof defaultValue === 'string' && !negate && !['', '0'].includes(defaultValue)
  return `${description}${choices}${usual ? ` (default "${defaultValue}")` : ''}`
}

const flagRows = (options: readonly Option[]): readonly (readonly [string, string])[] =>
  shown(options).map((option) => [term(option), meaning(option)] as const)

const commandRows = (command: Command): readonly (readonly [string, string])[] =>
  command.commands.map((one) => [one.name(), one.summary()] as const)

const sections = (command: Command): readonly (readonly [title: string, body: string])[] => {
  const isRoot = command.parent === null
  const own: readonly (readonly [string, string])[] = [
    ...flagRows(command.options),
    ['-h, --help', `Help for ${command.name()}`],
  ]
  return [
    ['Usage:', indented(useLines(command))],
    ...(command.aliases().length > 0
      ? [['Aliases:', indented([[command.name(), ...command.aliases()].join(', ')])] as const]
      : []),
    ...(examples[pathOf(command)] ? [['Examples:', indented(examples[pathOf(command)] ?? [])] as const] : []),
    ...(command.commands.length > 0 ? [['Available Commands:', columns(commandRows(command))] as const] : []),
    ['Flags:', columns(own)],
    ...(isRoot ? [] : [['Global Flags:', columns(flagRows(inheritedOptions(command)))] as const]),
  ]
}

/** How a command is used, without what it is for: what is printed when it is called in another way. */
export const usageText = (command: Command): string => {
  const text = sections(command)
    .map(([title, body]) => `${title}\n${body}\n`)
    .join('\n')
  const more = `\nUse "${fullPathOf(command)} [command] --help" for more information about a command.\n`
  return command.commands.length > 0 ? `${text}${more}` : text
}

/** Help in the form that kubectl's users know from its plugins: the sections, in this order, of every program made with Cobra. */
export class SectionedHelp extends Help {
  override formatHelp(command: Command): string {
    return `${command.description()}\n\n${usageText(command)}`
  }
}
