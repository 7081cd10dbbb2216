import type { Tone } from '../model/phase.ts'

/** Outlines on a field of 16 by 16, drawn with a line of 1.6. */
const paths = {
  good: 'M3 8.5 6.5 12 13 4.5',
  busy: 'M8 2a6 6 0 1 1-6 6',
  waiting: 'M5.5 3v10M10.5 3v10',
  bad: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  warning: 'M8 2 14.5 13.5h-13ZM8 6.5v3M8 11.6v.2',
  unknown: 'M5 5.5A3 3 0 1 1 8 9v1.2M8 13v.2',
  off: 'M8 7.5a.5.5 0 1 1 0 1 .5.5 0 1 1 0-1',
  star: 'M8 1.8l1.9 4 4.3.6-3.1 3 .8 4.4L8 11.7l-3.9 2.1.8-4.4-3.1-3 4.3-.6Z',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 1 1 0-9M10.5 10.5 14 14',
  grid: 'M2.5 2.5h4.5v4.5h-4.5ZM9 2.5h4.5v4.5h-4.5ZM2.5 9h4.5v4.5h-4.5ZM9 9h4.5v4.5h-4.5Z',
  table: 'M2 3.5h12M2 8h12M2 12.5h12',
  back: 'M10 3 5 8l5 5',
  copy: 'M5.5 5.5h8v8h-8ZM3.5 10.5h-1v-8h8v1',
  clock: 'M8 2a6 6 0 1 1 0 12A6 6 0 1 1 8 2M8 4.8V8l2.2 1.6',
  edit: 'M3 13l.6-2.9L10.8 3l2.2 2.2-7.2 7.2Z',
  up: 'M4 10l4-4 4 4',
  down: 'M4 6l4 4 4-4',
} as const

/** Names of the icons. */
export type IconName = keyof typeof paths

/** An icon beside a text that says the same: nothing is read of it aloud. */
export const Icon = ({ name, spin = false }: { name: IconName; spin?: boolean }) => (
  <svg class={spin ? 'icon spin' : 'icon'} viewBox="0 0 16 16" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
)

/** The icon of a tone: each has a shape of its own, so that colour alone says nothing. */
export const ToneIcon = ({ tone }: { tone: Tone }) => (
  <span class={`tone ${tone}`}>
    <Icon name={tone} spin={tone === 'busy'} />
  </span>
)
