import { type AnalysisPhase, isCompleted } from '../api/phases.ts'
import { analysisRuns } from '../api/resources.ts'
import { asAnalysisRun } from '../client/stored-objects.ts'
import type { StoredObject } from '../kube/informer.ts'
import { withCaches } from './caches.ts'
import { CommandError, InterruptedError } from './command-error.ts'
import type { Cluster } from './context.ts'
import { type Invocation, say } from './invocation.ts'

/** What a program that waits for a verdict exits with. */
const exitCodes: Readonly<Partial<Record<AnalysisPhase, number>>> = {
  Successful: 0,
  Failed: 2,
  Error: 3,
  Inconclusive: 4,
}

/** Ends well for a success; else throws what the program is to exit with. A run that was cut off has no verdict. */
const conclude = (name: string, phase: string, message: string, terminated: boolean): void => {
  const verdict = phase === 'Successful' && terminated ? 'Inconclusive' : phase
  const exitCode = exitCodes[verdict as AnalysisPhase] ?? 1
  if (exitCode === 0) return
  const why = message === '' ? '' : `: ${message}`
  throw new CommandError(`analysisrun '${name}' ended ${verdict}${why}`, { exitCode })
}

/**
 * Prints the phase of an AnalysisRun whenever it changes, until it has ended. Throws CommandError with an exit code for every
 * end but a good one, and when `limitMs` has passed; the run goes on then.
 */
export const watchVerdict = async (
  invocation: Invocation,
  cluster: Cluster,
  name: string,
  limitMs: number | undefined,
): Promise<void> => {
  const { clock, signal } = invocation.context
  const { namespace } = cluster
  const limit = clock.monotonic() + (limitMs ?? Number.POSITIVE_INFINITY)
  const scopes = { runs: { resource: analysisRuns, namespace, fieldSelector: `metadata.name=${name}` } }
  await withCaches(invocation, cluster, scopes, async ({ of, bell }) => {
    let told = ''
    for (;;) {
      if (signal.aborted) throw new InterruptedError('interrupted')
      const stored = of.runs.store.get(namespace, name)
      if (stored === undefined) throw new CommandError(`analysisrun '${name}' was deleted while it was watched`)
      const { spec, status } = asAnalysisRun(stored as StoredObject)
      const { phase = 'Pending', message = '' } = status ?? {}
      if (phase !== told) say(invocation, message === '' ? phase : `${phase} - ${message}`)
      told = phase
      if (isCompleted(phase)) {
        conclude(name, phase, message, spec.terminate === true)
        return
      }
      const left = limit - clock.monotonic()
      if (left <= 0) throw new CommandError(`analysisrun '${name}' has no verdict within the timeout; it goes on`)
      await bell.wait(clock, left, signal)
    }
  })
}
