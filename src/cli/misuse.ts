import type { Command, CommanderError } from 'commander'
import { optionsOf } from './command-line.ts'
import type { Advice } from './error-text.ts'
import { fullPathOf, usageText } from './help.ts'

/** Misuse for which the usage of the command is all that is said, as in the published plugin. */
const usageOnly: ReadonlySet<string> = new Set([
  'commander.help',
  'commander.missingArgument',
  'commander.excessArguments',
])

const seeHelp = (command: Command): string => `See '${fullPathOf(command)} --help' for what it takes.`

/** What the parser suggests, of its own message: `(Did you mean --full?)`. */
const suggestionOf = (message: string): string => /\(Did you mean .*\?\)/.exec(message)?.[0] ?? ''

const unknownFlag = (flag: string): string =>
  flag.startsWith('--') ? `unknown flag: ${flag.split('=')[0]}` : `unknown shorthand flag: '${flag[1]}' in ${flag}`

const missingValue = (flags: string, command: Command, words: readonly string[]): string => {
  const option = optionsOf(command).find((one) => one.flags === flags)
  const short = option?.short
  return words.at(-1) === short && short !== undefined
    ? `flag needs an argument: '${short[1]}' in ${short}`
    : `flag needs an argument: ${option?.long ?? flags}`
}

const quoted = (message: string, at: number): string => [...message.matchAll(/'([^']*)'/g)][at]?.[1] ?? ''

const unknownCommand = (message: string, command: Command): Advice => {
  const suggestion = /Did you mean (.*)\?/.exec(message)?.[1]
  const names = suggestion?.replace('one of ', '').split(', ') ?? []
  const list = names.length === 0 ? '' : `\n\nDid you mean this?\n${names.map((name) => `\t${name}\n`).join('')}`
  const text = `unknown command "${quoted(message, 0)}" for "${fullPathOf(command)}"${list}`
  return { text: `${text}\nRun '${fullPathOf(command)} --help' for usage.` }
}

/** What is wrong with a command line. `undefined` where the usage says it. */
const faultOf = ({ code, message }: CommanderError, command: Command, words: readonly string[]): Advice | undefined => {
  const plain = message.replace(/^error: /, '')
  const hint = [suggestionOf(message), seeHelp(command)].filter((line) => line !== '').join('\n')
  switch (code) {
    case 'commander.unknownCommand':
      return command.parent === null ? unknownCommand(message, command) : undefined
    case 'commander.unknownOption':
      return { text: unknownFlag(quoted(message, 0)), hint }
    case 'commander.optionMissingArgument':
      return { text: missingValue(quoted(message, 0), command, words), hint }
    default:
      return usageOnly.has(code) ? undefined : { text: plain, hint }
  }
}

/**
 * What is printed about a command line that the parser refuses, in the words of programs made with Cobra, which scripts
 * look for. The hint is for people.
 */
export const misuse = (error: CommanderError, command: Command, words: readonly string[]): Advice | string =>
  faultOf(error, command, words) ?? usageText(command)
