import { phaseTone } from '../model/phase.ts'
import { ToneIcon } from './icon.tsx'

/** A phase: icon and word, in its colour. */
export const PhaseBadge = ({ phase }: { phase: string }) => (
  <span class={`phase ${phaseTone(phase)}`}>
    <ToneIcon tone={phaseTone(phase)} />
    {phase}
  </span>
)
