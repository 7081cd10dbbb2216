import type { RolloutInfo } from '../../server/dashboard/messages.ts'
import type { Tone } from '../model/phase.ts'
import { type StepLine, stepLines } from '../model/steps.ts'
import { ToneIcon } from './icon.tsx'

const stateTexts = { done: 'done', current: 'current', ahead: 'not yet' } as const

const toneOf = (state: StepLine['state'], phase: string): Tone => {
  if (state === 'done') return 'good'
  if (state === 'ahead') return 'off'
  if (phase === 'Paused') return 'waiting'
  return phase === 'Degraded' ? 'bad' : 'busy'
}

const Details = ({ details }: Pick<StepLine, 'details'>) => (
  <dl class="details">
    {details.map(([name, text], index) => (
      // The same argument may stand here twice.
      <div key={index}>
        <dt>{name}</dt>
        <dd>{text.includes('\n') ? <pre>{text}</pre> : text}</dd>
      </div>
    ))}
  </dl>
)

const Title = ({ title, details }: StepLine) =>
  details.length === 0 ? (
    <span>{title}</span>
  ) : (
    <details>
      <summary>{title}</summary>
      <Details details={details} />
    </details>
  )

/** The steps of a canary: those that are done, the one that is at work, and those that come. */
export const StepList = ({ info }: { info: RolloutInfo }) => {
  const lines = stepLines(info)
  if (lines.length === 0) return null
  return (
    <section class="panel steps">
      <h2>
        Steps <span class="quiet number">{info.step}</span>
      </h2>
      <ol>
        {lines.map((line, index) => (
          <li key={index} class={line.state} aria-current={line.state === 'current' ? 'step' : undefined}>
            <ToneIcon tone={toneOf(line.state, info.status)} />
            <span class="hidden">{stateTexts[line.state]}:</span>
            <Title {...line} />
          </li>
        ))}
      </ol>
    </section>
  )
}
