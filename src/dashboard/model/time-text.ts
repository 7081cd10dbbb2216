const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const

/** A length of time in its two largest units, such as `2h 5m` or `45s`. Less than a second is `0s`. */
export const durationText = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const largest = units.findIndex(([, size]) => seconds >= size)
  if (largest < 0) return '0s'
  let rest = seconds
  return units
    .slice(largest, largest + 2)
    .map(([unit, size]) => {
      const count = Math.floor(rest / size)
      rest -= count * size
      return count === 0 ? '' : `${count}${unit}`
    })
    .filter((text) => text !== '')
    .join(' ')
}

/** Milliseconds since the epoch of an RFC 3339 date; undefined where there is none, or what there is is no date. */
export const timeOf = (date: string | undefined | null): number | undefined => {
  const ms = date === undefined || date === null || date === '' ? Number.NaN : Date.parse(date)
  return Number.isNaN(ms) ? undefined : ms
}

/** How long ago something was, such as `5m ago`; a clock that is behind makes it `just now`. */
export const agoText = (ms: number, now: number): string =>
  now - ms < 1000 ? 'just now' : `${durationText(now - ms)} ago`

/** A moment as people read it where they are. */
export const momentText = (ms: number): string =>
  new Date(ms).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

/** Time that is left until a date; undefined once it has passed, or where there is no date. */
export const leftText = (date: string | undefined, now: number): string | undefined => {
  const end = timeOf(date)
  return end === undefined || end <= now ? undefined : durationText(end - now)
}

/** Reads the time of a restart as the API writes it, `2026-01-31 12:00:00 +0000 UTC`; undefined for `Never`. */
export const restartTime = (text: string): number | undefined => {
  const [, date, time, offset] = /^(\S+) (\S+) ([-+]\d{4})/.exec(text) ?? []
  return offset === undefined ? undefined : timeOf(`${date}T${time}${offset.slice(0, 3)}:${offset.slice(3)}`)
}
