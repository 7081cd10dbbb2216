import type { ComponentChildren } from 'preact'
import type { RolloutInfo } from '../../server/dashboard/messages.ts'
import { agoText, momentText, restartTime, timeOf } from '../model/time-text.ts'
import { weightsOf } from '../model/weights.ts'
import { useNow } from './now.tsx'
import { WeightStrip } from './weight-strip.tsx'

interface FactProps {
  readonly name: string
  readonly children: ComponentChildren
}

/** A name and what there is to say of it, in a list of facts. */
export const Fact = ({ name, children }: FactProps) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

/** A moment as the time since then; the moment itself is its title. */
export const Moment = ({ ms }: { ms: number }) => {
  const now = useNow(10_000)
  return (
    <time dateTime={new Date(ms).toISOString()} title={momentText(ms)}>
      {agoText(ms, now)}
    </time>
  )
}

/** The state of a Rollout in numbers. */
export const SummaryPanel = ({ info }: { info: RolloutInfo }) => {
  const weights = weightsOf(info)
  const restarted = restartTime(info.restartedAt)
  const created = timeOf(info.objectMeta.creationTimestamp)
  return (
    <section class="panel summary">
      <h2>Summary</h2>
      <dl class="facts">
        <Fact name="Strategy">{info.strategy ?? 'None'}</Fact>
        {info.step !== undefined && <Fact name="Step">{info.step}</Fact>}
        {weights && (
          <>
            <Fact name="Set weight">{weights.desired}</Fact>
            <Fact name="Actual weight">{weights.actual}</Fact>
          </>
        )}
        <Fact name="Desired">{info.desired ?? 0}</Fact>
        <Fact name="Current">{info.current ?? 0}</Fact>
        <Fact name="Updated">{info.updated ?? 0}</Fact>
        <Fact name="Ready">{info.ready ?? 0}</Fact>
        <Fact name="Available">{info.available ?? 0}</Fact>
        {created !== undefined && (
          <Fact name="Created">
            <Moment ms={created} />
          </Fact>
        )}
        <Fact name="Restarted">{restarted === undefined ? 'never' : <Moment ms={restarted} />}</Fact>
      </dl>
      {weights && <WeightStrip {...weights} />}
    </section>
  )
}
