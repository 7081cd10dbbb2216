import { shareOf, type Weights } from '../model/weights.ts'

const percent = (weight: number, max: number): string => `${(100 * shareOf(weight, max)).toFixed(2)}%`

/** The share of the traffic that a canary has, as a strip, with a mark where the steps want it. */
export const WeightStrip = ({ desired, actual, max }: Weights) => {
  const unit = max === 100 ? '%' : ''
  const text = actual === desired ? `${actual}${unit}` : `${actual}${unit} of ${desired}${unit}`
  return (
    <div class="weight">
      {/* biome-ignore lint/a11y/useSemanticElements: a <meter> cannot hold the mark of the weight that is desired. */}
      <div
        class="strip"
        role="meter"
        aria-label="Canary weight"
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={actual}
        aria-valuetext={`${actual}${unit}, desired ${desired}${unit}`}
      >
        <span class="actual" style={{ width: percent(actual, max) }} />
        <span class="desired" style={{ left: percent(desired, max) }} />
      </div>
      <span class="number">{text}</span>
    </div>
  )
}
