import { fileURLToPath } from 'node:url'
import type { Clock } from '../lib/clock.ts'
import { createOperator } from '../operator/operator.ts'
import type { MakeOperator } from '../sandbox/operator-port.ts'
import { loadScenario, type Scenario } from '../sandbox/scenario/load.ts'
import { longestMs, Play } from '../sandbox/scenario/play.ts'
import type { ObjectKey } from '../sandbox/world/cluster.ts'
import { silentLogger } from '../telemetry/silent-logger.ts'
import type { DemoArguments } from './arguments.ts'
import { type DemoDashboard, openDashboard } from './demo-dashboard.ts'
import { keptLines, nextSteps, outcomeLines, releaseLines, unmatchedLines } from './ending.ts'
import { keepCluster } from './kept-cluster.ts'
import { draw } from './picture.ts'
import { plainLine } from './plain-line.ts'
import { programOf } from './program.ts'
import { type Output, Screen } from './screen.ts'

/** The place where the demo is shown. */
export interface Theatre {
  readonly output: Output
  /** Columns and rows of the terminal at this moment; undefined where there is none. */
  readonly terminal: () => { readonly columns: number; readonly rows: number } | undefined
  readonly color: boolean
  /** The page of the dashboard. Rejects where it is not built. */
  readonly dashboardPage: () => Promise<string>
  /** The clock on the wall, by which the scenario is slowed down. */
  readonly clock: Clock
  /** Aborted when the audience has had enough. */
  readonly signal: AbortSignal
}

const builtIn = fileURLToPath(new URL('scenarios/two-releases.yaml', import.meta.url))
const frameMs = 100
const keptTickMs = 50

const makeOperator: MakeOperator = (ports) =>
  createOperator({ ...ports, logger: silentLogger, config: { instanceId: '' } })

/** The Rollout that is watched: the first of the manifests. */
const watchedRollout = (scenario: Scenario): ObjectKey => {
  const rollout = scenario.manifests.find(({ kind }) => kind === 'Rollout')
  const { name = '', namespace = scenario.namespace ?? 'default' } = (rollout?.metadata ?? {}) as Partial<ObjectKey>
  return { name, namespace }
}

/** A sleep that an interrupted demo does not wait for. */
const pause = (theatre: Theatre, ms: number): Promise<void> => theatre.clock.sleep(ms, theatre.signal).catch(() => {})

const showLive = async (play: Play, scenario: Scenario, theatre: Theatre, speed: number): Promise<void> => {
  const screen = new Screen(theatre.output)
  const key = watchedRollout(scenario)
  try {
    while (!play.ended && !theatre.signal.aborted) {
      const startMs = theatre.clock.monotonic()
      await play.run(frameMs * speed)
      const title = play.timeline.findLast(({ kind }) => kind === 'change')?.text ?? scenario.name
      const program = programOf(play.sandbox, key, title, play.timeline)
      const { columns, rows } = theatre.terminal() ?? { columns: 80, rows: 24 }
      if (program !== undefined) screen.show(draw(program, { width: columns, rows, color: theatre.color }))
      await pause(theatre, frameMs - (theatre.clock.monotonic() - startMs))
    }
  } finally {
    screen.close()
  }
}

/** Plays as fast as a picture would be shown, for somebody who looks elsewhere. */
const playInTime = async (play: Play, theatre: Theatre, speed: number): Promise<void> => {
  while (!play.ended && !theatre.signal.aborted) {
    const startMs = theatre.clock.monotonic()
    await play.run(frameMs * speed)
    await pause(theatre, frameMs - (theatre.clock.monotonic() - startMs))
  }
}

/** Brings the cluster's time to that on the wall, where it goes on from now on: kubectl counts ages by the wall. */
const keepUp = async (play: Play, scenario: Scenario, theatre: Theatre): Promise<void> => {
  const { name, namespace } = watchedRollout(scenario)
  const kept = await keepCluster(play.sandbox, namespace)
  writeLines(theatre.output, ['', ...keptLines(kept.shellLines, name)])
  await play.sandbox.clock.run({ forMs: Math.max(0, theatre.clock.now() - play.sandbox.clock.now()) })
  let lastMs = theatre.clock.monotonic()
  while (!theatre.signal.aborted) {
    await pause(theatre, keptTickMs)
    const nowMs = theatre.clock.monotonic()
    await play.sandbox.clock.run({ forMs: nowMs - lastMs })
    lastMs = nowMs
  }
  await kept.close()
}

const writeLines = (output: Output, lines: readonly string[]): void =>
  output.write(lines.map((line) => `${line}\n`).join(''))

/** Opens a dashboard of the cluster, before anything happens in it. */
const showInBrowser = async (play: Play, scenario: Scenario, theatre: Theatre): Promise<DemoDashboard> => {
  const page = await theatre.dashboardPage()
  const dashboard = await openDashboard(play.sandbox, watchedRollout(scenario).namespace, {
    clock: theatre.clock,
    page,
  })
  writeLines(theatre.output, [`The dashboard is at ${dashboard.address}`, ''])
  return dashboard
}

/** Plays a scenario before an audience. Throws ScenarioError for one that cannot be read, and what the API server refuses. */
export const showDemo = async (demo: DemoArguments, theatre: Theatre): Promise<void> => {
  const scenario = loadScenario(demo.scenario ?? builtIn)
  const isLive = theatre.terminal() !== undefined && !demo.dashboard
  const play = new Play(scenario, {
    makeOperator,
    ...(demo.keep ? { startMs: theatre.clock.now() - longestMs(scenario) } : {}),
    ...(isLive ? {} : { onEntry: (entry) => writeLines(theatre.output, [plainLine(entry)]) }),
  })
  const dashboard = demo.dashboard ? await showInBrowser(play, scenario, theatre) : undefined
  play.start()
  if (dashboard) await playInTime(play, theatre, demo.speed)
  else if (isLive) await showLive(play, scenario, theatre, demo.speed)
  else await play.run()
  const { cluster } = play.sandbox
  writeLines(theatre.output, [
    '',
    ...releaseLines(play.timeline),
    ...outcomeLines(cluster),
    ...unmatchedLines(play.timeline),
  ])
  if (demo.keep && !theatre.signal.aborted) await keepUp(play, scenario, theatre)
  else if (demo.scenario === undefined) writeLines(theatre.output, ['', ...nextSteps])
  await dashboard?.close()
  await play.stop()
}
