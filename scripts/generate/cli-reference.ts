import type { Argument, Command, Option } from 'commander'
import { examples } from '../../src/cli/examples.ts'
import { fullPathOf, pathOf, useLine } from '../../src/cli/help.ts'
import { createProgram } from '../../src/cli/program.ts'

const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')

const table = (head: readonly [string, string], rows: readonly (readonly [string, string])[]): string[] =>
  rows.length === 0
    ? []
    : [
        '',
        `| ${head.join(' | ')} |`,
        '|---|---|',
        ...rows.map(([name, text]) => `| \`${name.replaceAll('|', '\\|')}\` | ${escaped(text)} |`),
      ]

const defaultText = ({ defaultValue }: Option): string =>
  defaultValue === undefined || defaultValue === '' || typeof defaultValue === 'object'
    ? ''
    : ` Default: ${String(defaultValue)}.`

const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`)

const optionRow = (option: Option): readonly [string, string] => [
  option.flags,
  `${sentence(option.description)}${option.argChoices ? ` One of ${option.argChoices.join(', ')}.` : ''}${option.negate ? '' : defaultText(option)}`,
]

const argumentRow = (argument: Argument): readonly [string, string] => [
  argument.name(),
  `${sentence(argument.description)}${argument.argChoices ? ` One of ${argument.argChoices.join(', ')}.` : ''}`,
]

const visible = (options: readonly Option[]): readonly Option[] => options.filter(({ hidden }) => !hidden)

const leafSection = (command: Command): string[] => [
  '',
  `## ${fullPathOf(command)}`,
  '',
  '```',
  useLine(command),
  '```',
  '',
  command.description(),
  ...(command.aliases().length === 0
    ? []
    : [
        '',
        `Aliases: ${command
          .aliases()
          .map((name) => `\`${name}\``)
          .join(', ')}.`,
      ]),
  ...table(['Argument', 'Meaning'], command.registeredArguments.map(argumentRow)),
  ...table(['Flag', 'Meaning'], visible(command.options).map(optionRow)),
  ...(examples[pathOf(command)] ? ['', '```sh', ...(examples[pathOf(command)] ?? []), '```'] : []),
]

/** Commands that do something, and not only hold others, have arguments or flags of their own. */
const sections = (command: Command): string[] =>
  command.commands.flatMap((child) => [
    ...(child.commands.length === 0 || child.options.length > 0 ? leafSection(child) : []),
    ...sections(child),
  ])

/** The reference of the plugin's commands as Markdown, made from the tree of commands itself. */
export const cliReference = (): string => {
  const program = createProgram(() => async () => {})
  return [
    '# `kubectl crossfade`',
    '',
    'This page is made from the commands themselves by `npm run generate`; a test keeps it true.',
    '',
    'Outputs and exit codes are those of the published plugin where it has the command. Errors go to standard error with exit code 1;',
    'at a terminal a hint follows. A command that is called in another way than it takes prints its usage there. Deprecated flags of',
    '`promote` (`-c`, `-a`) are accepted and not listed. What `dashboard` serves has [a page of its own](dashboard.md).',
    '',
    'What differs on purpose: `terminate experiment` says that it was terminated; an Experiment or an AnalysisRun that no controller',
    'has looked at yet is shown as Pending, not without a status; `status` exits with 130 when it is interrupted; colours are not sent',
    'to a pipe; a `--in` that is no duration is an error; and writes are patches, so that nobody else is overwritten.',
    'A Rollout whose workload is missing is shown, and one whose workload has changed is Progressing until the controller has seen that.',
    '`get` and `status` end with the answer of a server that refuses them, where the published plugin asks again for ever. `lint` finds',
    'what a routing object of the same file lacks, too. It and `create` refuse words that belong to no flag, where a file may be meant.',
    '`set image` refuses an empty image, and `create analysisrun` a file of another kind; a kubeconfig that cannot be read is an error',
    'with exit code 1 like any other.',
    '',
    'Colours are used on a terminal unless `NO_COLOR` is set, `TERM` is `dumb`, or `--no-color` is given; `FORCE_COLOR` asks for',
    'them elsewhere too. With `--watch` a terminal is repainted in place; a pipe or a file gets the text again when it changes.',
    ...sections(program),
    '',
    '## Flags of all commands',
    ...table(['Flag', 'Meaning'], visible(program.options).map(optionRow)),
    '',
  ].join('\n')
}
