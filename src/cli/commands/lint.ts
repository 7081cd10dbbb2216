import { Command, Option } from 'commander'
import { CommandError, UsageError } from '../command-error.ts'
import { formatData } from '../format-data.ts'
import { type Bind, type Invocation, type Run, say } from '../invocation.ts'
import type { Finding } from '../lint/finding.ts'
import { readManifests } from '../manifests.ts'
import { collectWhole } from '../options.ts'

const formats = ['wide', 'json', 'yaml', 'sarif'] as const

const placed = ({ file, line, column, object, rule, field, message }: Finding): string =>
  `${file}:${line}:${column}: ${object}: ${field}: ${message} (${rule})`

/** What the published plugin says of the first fault: of a field that is none, in the words of what decodes the file. */
const published = ({ rule, field, message }: Finding): CommandError =>
  new CommandError(
    rule === 'unknown-field'
      ? `error unmarshaling JSON: while decoding JSON: json: ${message}`
      : `${field}: ${message}`,
  )

/** Prints findings as the published plugin does, which has no places: a fault a line, and the first with its field as the error. */
const printPublished = (invocation: Invocation, findings: readonly Finding[]): void => {
  const [first] = findings
  if (first === undefined) return
  // A file that cannot be decoded is not looked at any further.
  const unknown = findings.find(({ rule }) => rule === 'unknown-field')
  if (unknown !== undefined) throw published(unknown)
  for (const { message } of findings) say(invocation, message)
  throw published(first)
}

const printPlaces = (invocation: Invocation, findings: readonly Finding[]): void => {
  for (const finding of findings) say(invocation, placed(finding))
  if (findings.length > 0)
    throw new CommandError(findings.length === 1 ? '1 fault was found' : `${findings.length} faults were found`)
}

const printData = async (invocation: Invocation, findings: readonly Finding[], format: string): Promise<void> => {
  const { build } = invocation.context
  if (format === 'sarif') {
    const { sarifOf } = await import('../lint/sarif.ts')
    say(invocation, await formatData(sarifOf(findings, { name: 'kubectl-crossfade', version: build.version }), 'json'))
  } else say(invocation, await formatData(findings, format))
  if (findings.length > 0) invocation.exitWith(1)
}

const lint: Run = async (invocation) => {
  const { context, options } = invocation
  const files = options.texts('filename')
  if (files.length === 0) throw new UsageError('a file is needed')
  const manifests = await readManifests(context, files)
  const { lintManifests } = await import('../lint/lint-manifests.ts')
  const findings = lintManifests(manifests)
  const format = options.text('output') ?? (context.out.isTty ? 'wide' : undefined)
  if (format === undefined) printPublished(invocation, findings)
  else if (format === 'wide') printPlaces(invocation, findings)
  else await printData(invocation, findings, format)
}

/** `lint`: finds what is wrong with manifests before they touch a cluster. Asks no server. */
export const lintCommand = (bind: Bind): Command =>
  new Command('lint')
    .summary('Find what is wrong with manifests')
    .description(
      'Checks all Rollouts, AnalysisTemplates, ClusterAnalysisTemplates, Experiments and AnalysisRuns of files: fields that do not exist, values, rules, ' +
        'queries in PromQL and conditions, and the Services, templates and routing objects of the same files that they name. What a file does not hold may be in the cluster, and is no fault. ' +
        'Exits with 1 when there is a fault. At a terminal, and with -o wide, each has its place in the file.',
    )
    .option(
      '-f, --filename <file>',
      'File with the objects, - for standard input; may be given several times',
      collectWhole,
    )
    .addOption(new Option('-o, --output <format>', 'Print faults with their places, or as data').choices(formats))
    .action(bind(lint))
