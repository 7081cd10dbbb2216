import { type Line, type Span, span } from '../../view/line.ts'

/** How a check came out. A warning keeps nothing from working but what it names. */
export type CheckState = 'ok' | 'warning' | 'problem'

/** One thing that was looked at, and what to do about it where it is not in order. */
export interface Check {
  readonly state: CheckState
  /** What is so: `rollouts.argoproj.io is installed`. */
  readonly message: string
  readonly advice?: string
}

/** Something that is in order. */
export const ok = (message: string): Check => ({ state: 'ok', message })

/** Something that some will miss. */
export const warning = (message: string, advice: string): Check => ({ state: 'warning', message, advice })

/** Something without which releases do not work. */
export const problem = (message: string, advice: string): Check => ({ state: 'problem', message, advice })

const signs: Readonly<Record<CheckState, Span>> = {
  ok: { text: '✔', color: 'green' },
  warning: { text: '⚠', color: 'yellow' },
  problem: { text: '✖', color: 'red' },
}

/** The lines of a check: what is so, and below it what to do. */
export const checkLines = ({ state, message, advice }: Check): Line[] => [
  [signs[state], span(` ${message}`)],
  ...(advice === undefined ? [] : [[span(`    ${advice}`)]]),
]
