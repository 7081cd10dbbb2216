import type { TimelineEntry } from '../sandbox/scenario/timeline.ts'
import type { Cluster } from '../sandbox/world/cluster.ts'

/** How every release ended, one line each. */
export const releaseLines = (timeline: readonly TimelineEntry[]): readonly string[] =>
  timeline
    .filter(({ kind }) => kind === 'event')
    .flatMap(({ text }) => {
      if (text.startsWith('RolloutAborted: ')) return [`✖ ${text.replace('RolloutAborted: ', '')}`]
      const isRelease = text.startsWith('RolloutCompleted: ') && !text.endsWith('Initial deploy')
      return isRelease ? [`✔ ${text.replace('RolloutCompleted: ', '')}`] : []
    })

/** How every Rollout stands, one line each. */
export const outcomeLines = (cluster: Cluster): readonly string[] =>
  cluster.list('Rollout').map(({ metadata, status }) => {
    const message = status?.message === undefined || status.message === '' ? '' : ` - ${status.message}`
    return `Rollout ${metadata.namespace ?? ''}/${metadata.name} is ${status?.phase ?? 'not observed'}${message}`
  })

/** What asked for something that the scenario does not answer, once each. */
export const unmatchedLines = (timeline: readonly TimelineEntry[]): readonly string[] => {
  const unmatched = new Set(
    timeline.filter(({ kind }) => kind === 'unmatched').map(({ subject, text }) => `  ${subject}: ${text}`),
  )
  return unmatched.size === 0 ? [] : ['Asked for, but not in the scenario:', ...unmatched]
}

/** What to try after the built-in scenario. */
export const nextSteps: readonly string[] = [
  'Both releases ran on the real controllers, in a cluster in memory. What to try next:',
  '',
  '  npm run demo -- --keep                 leave the cluster up, and steer it with kubectl',
  '  npm run demo -- --scenario FILE        play your own manifests (docs/scenarios.md)',
  '  npm test                               the same controllers, through every story and fault',
  '  README.md, "on your cluster"           install it for real',
]

/** What to do with a cluster that was kept. */
export const keptLines = (shellLines: readonly string[], rollout: string): readonly string[] => [
  'The cluster stays up until Ctrl-C, and time goes on in it. In another shell:',
  '',
  ...shellLines.map((line) => `  ${line}`),
  '',
  `  kubectl get rollouts,replicasets,pods`,
  `  kubectl crossfade get rollout ${rollout} --watch`,
  `  kubectl edit rollout ${rollout}                # another image is another release`,
  `  kubectl crossfade promote ${rollout}           # or abort, pause, retry rollout`,
]
