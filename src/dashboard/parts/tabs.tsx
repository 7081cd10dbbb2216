import type { ComponentChildren } from 'preact'
import { useId, useRef } from 'preact/hooks'
import type { Tone } from '../model/phase.ts'
import { ToneIcon } from './icon.tsx'

/** A tab and its name, with an icon for how things are there. */
export interface Tab {
  readonly name: string
  readonly tone?: Tone
}

interface TabsProps {
  readonly label: string
  readonly tabs: readonly Tab[]
  readonly selected: number
  onSelect(index: number): void
  readonly children: ComponentChildren
}

/** Tabs through which the arrow keys lead (WAI-ARIA, tabs pattern), and the panel of the selected one. */
export const Tabs = ({ label, tabs, selected, onSelect, children }: TabsProps) => {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const onKey = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (by === 0) return
    const next = (selected + by + tabs.length) % tabs.length
    onSelect(next)
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus()
  }
  return (
    <>
      <div ref={list} class="tabs" role="tablist" aria-label={label} onKeyDown={onKey}>
        {tabs.map(({ name, tone }, index) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}-tab-${index}`}
            aria-controls={`${id}-panel`}
            aria-selected={index === selected}
            tabIndex={index === selected ? 0 : -1}
            onClick={() => onSelect(index)}
          >
            {tone && <ToneIcon tone={tone} />}
            {name}
          </button>
        ))}
      </div>
      <div role="tabpanel" class="tab-panel" id={`${id}-panel`} aria-labelledby={`${id}-tab-${selected}`}>
        {children}
      </div>
    </>
  )
}
