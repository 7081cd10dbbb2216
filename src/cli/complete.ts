import type { Argument, Command, Option } from 'commander'
import { clientPhase } from '../api/client-phase.ts'
import { analysisRuns, experiments, namespaces, rollouts } from '../api/resources.ts'
import { asRollout } from '../client/stored-objects.ts'
import type { Resource } from '../kube/resource.ts'
import { objectOr, stringOr } from '../lib/json-value.ts'
import { follow, optionsOf } from './command-line.ts'
import { connectionFlags } from './connection-flags.ts'
import type { CliContext, Cluster } from './context.ts'
import { cliLogger } from './log.ts'
import { Options } from './options.ts'
import { waitForms } from './wait-condition.ts'

/** What a shell may offer for the word at the cursor. */
export interface Candidate {
  readonly value: string
  readonly description?: string
}

/** Nobody waits longer than this for a completion. */
const limitMs = 3000

/** Tells Cobra's shell functions, which kubectl uses, that file names are no candidates (`ShellCompDirectiveNoFileComp`). */
const noFiles = 4

const optionCandidates = (command: Command): Candidate[] =>
  optionsOf(command)
    .filter(({ hidden, long }) => !hidden && long)
    .map(({ long, description }) => ({ value: long ?? '', description }))

const commandCandidates = (command: Command): Candidate[] =>
  command.commands.map((one) => ({ value: one.name(), description: one.summary() }))

const rolloutCandidates = async ({ client, namespace }: Cluster): Promise<Candidate[]> => {
  const found = await client.list(rollouts, { namespace, timeoutMs: limitMs })
  return found.map(asRollout).map((rollout) => ({
    value: rollout.metadata.name,
    description: clientPhase(rollout).phase,
  }))
}

const namedOf =
  (resource: Resource) =>
  async ({ client, namespace }: Cluster): Promise<Candidate[]> =>
    (await client.list(resource, { namespace, timeoutMs: limitMs })).map(({ metadata, status }) => ({
      value: metadata.name,
      description: stringOr(objectOr(status).phase) ?? 'Pending',
    }))

/** What is offered for an argument, by its name. */
const byArgument: Readonly<Record<string, (cluster: Cluster) => Promise<Candidate[]>>> = {
  ROLLOUT_NAME: rolloutCandidates,
  EXPERIMENT_NAME: namedOf(experiments),
  ANALYSISRUN_NAME: namedOf(analysisRuns),
}

const namespaceCandidates = async ({ client }: Cluster): Promise<Candidate[]> =>
  (await client.list(namespaces, { timeoutMs: limitMs })).map(({ metadata }) => ({ value: metadata.name }))

type Ask = (work: (cluster: Cluster) => Promise<Candidate[]>) => Promise<Candidate[]>

const valueCandidates = async (option: Option, ask: Ask): Promise<Candidate[]> => {
  if (option.long === '--for') return waitForms.map((value) => ({ value: value.replace(/[A-Z[].*$/, '') }))
  if (option.argChoices) return option.argChoices.map((value) => ({ value }))
  return option.long === '--namespace' ? ask(namespaceCandidates) : []
}

const argumentCandidates = async (argument: Argument | undefined, ask: Ask): Promise<Candidate[]> => {
  if (argument?.name().includes('|'))
    return argument
      .name()
      .split('|')
      .map((value) => ({ value }))
  const candidates = byArgument[argument?.name() ?? '']
  return candidates === undefined ? [] : ask(candidates)
}

/** Whatever goes wrong, there is nothing to offer: a message would end up in the line that the user is typing. */
const askWith =
  (program: Command, words: readonly string[], context: CliContext): Ask =>
  async (work) => {
    try {
      program.parseOptions([...words])
      const log = cliLogger({ level: 'error', write: () => {}, now: () => context.clock.now() })
      const cluster = await context.connect(connectionFlags(new Options(program.opts())), log)
      try {
        return await work(cluster)
      } finally {
        cluster.close()
      }
    } catch {
      return []
    }
  }

const candidatesFor = async (
  program: Command,
  before: readonly string[],
  word: string,
  context: CliContext,
): Promise<Candidate[]> => {
  const { command, operands, pending } = follow(program, before)
  const ask = askWith(program, pending ? before.slice(0, -1) : before, context)
  if (pending) return valueCandidates(pending, ask)
  if (word.startsWith('-')) return optionCandidates(command)
  if (command.commands.length > 0) return operands.length === 0 ? commandCandidates(command) : []
  return argumentCandidates(command.registeredArguments[operands.length], ask)
}

/**
 * Answers what a shell asks for: candidates for the last of the words, one a line with a tab before their description, and
 * then `:4`. This is Cobra's protocol, which kubectl speaks with `kubectl_complete-crossfade`.
 */
export const complete = async (program: Command, words: readonly string[], context: CliContext): Promise<void> => {
  const word = words.at(-1) ?? ''
  const candidates = await candidatesFor(program, words.slice(0, -1), word, context)
  const lines = candidates
    .filter(({ value }) => value.startsWith(word))
    .map(({ value, description }) => (description ? `${value}\t${description}` : value))
  context.out.write([...lines, `:${noFiles}`, ''].join('\n'))
}
