import type { RefObject } from 'preact'
import { type Counts, countedPhases, type Filters } from '../model/filters.ts'
import { phaseTone } from '../model/phase.ts'
import { Icon, type IconName, ToneIcon } from './icon.tsx'

interface ToolbarProps {
  readonly filters: Filters
  readonly counts: Counts
  readonly searchRef: RefObject<HTMLInputElement | null>
  /** `replace` while somebody types. */
  onChange(filters: Filters, how: 'push' | 'replace'): void
}

interface ToggleProps {
  readonly label: string
  readonly count: number
  readonly isOn: boolean
  readonly icon: preact.ComponentChildren
  onToggle(): void
}

const Toggle = ({ label, count, isOn, icon, onToggle }: ToggleProps) => (
  <button type="button" class="chip" aria-pressed={isOn} onClick={onToggle}>
    {icon}
    {label}
    <span class="number">{count}</span>
  </button>
)

const displays: readonly (readonly [Filters['display'], IconName, string])[] = [
  ['grid', 'grid', 'Cards'],
  ['table', 'table', 'Table'],
]

/** Search, filters with their counters, and how the list is shown. */
export const Toolbar = ({ filters, counts, searchRef, onChange }: ToolbarProps) => {
  const change = (part: Partial<Filters>): void => onChange({ ...filters, ...part }, 'push')
  const toggled = (phase: (typeof countedPhases)[number]) =>
    filters.phases.includes(phase) ? filters.phases.filter((one) => one !== phase) : [...filters.phases, phase]
  return (
    <search class="toolbar">
      <label class="search">
        <Icon name="search" />
        <span class="hidden">Search by name, or by label as label:value</span>
        <input
          ref={searchRef}
          type="search"
          placeholder="Name, or label:value"
          value={filters.search}
          onInput={(event) => onChange({ ...filters, search: event.currentTarget.value }, 'replace')}
        />
        <span class="key" aria-hidden="true">
          /
        </span>
      </label>
      <div class="chips">
        <Toggle
          label="Favourites"
          count={counts.favorites}
          isOn={filters.favorites}
          icon={<Icon name="star" />}
          onToggle={() => change({ favorites: !filters.favorites })}
        />
        <Toggle
          label="Requires attention"
          count={counts.attention}
          isOn={filters.attention}
          icon={<ToneIcon tone="warning" />}
          onToggle={() => change({ attention: !filters.attention })}
        />
        {countedPhases.map((phase) => (
          <Toggle
            key={phase}
            label={phase}
            count={counts.phases[phase]}
            isOn={filters.phases.includes(phase)}
            icon={<ToneIcon tone={phaseTone(phase)} />}
            onToggle={() => change({ phases: toggled(phase) })}
          />
        ))}
      </div>
      <div class="displays">
        {displays.map(([display, icon, label]) => (
          <button
            key={display}
            type="button"
            class="chip"
            aria-pressed={filters.display === display}
            aria-label={label}
            title={label}
            onClick={() => change({ display })}
          >
            <Icon name={icon} />
          </button>
        ))}
      </div>
    </search>
  )
}
