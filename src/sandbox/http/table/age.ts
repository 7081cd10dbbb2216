const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const two = (ms: number, major: number, minor: number, names: readonly [string, string]): string => {
  const rest = Math.floor((ms % major) / minor)
  return `${Math.floor(ms / major)}${names[0]}${rest === 0 ? '' : `${rest}${names[1]}`}`
}

/** A duration as kubectl prints it: two units where the first alone would be too coarse (`apimachinery/pkg/util/duration`). */
export const humanDuration = (ms: number): string => {
  if (ms < 0) return ms < -second ? '<invalid>' : '0s'
  if (ms < 2 * minute) return `${Math.floor(ms / second)}s`
  if (ms < 10 * minute) return two(ms, minute, second, ['m', 's'])
  if (ms < 3 * hour) return `${Math.floor(ms / minute)}m`
  if (ms < 8 * hour) return two(ms, hour, minute, ['h', 'm'])
  if (ms < 2 * day) return `${Math.floor(ms / hour)}h`
  if (ms < 8 * day) return two(ms, day, hour, ['d', 'h'])
  if (ms < 2 * 365 * day) return `${Math.floor(ms / day)}d`
  if (ms < 8 * 365 * day) return two(ms, 365 * day, day, ['y', 'd'])
  return `${Math.floor(ms / (365 * day))}y`
}

/** How long ago a timestamp was. */
export const ageOf = (time: unknown, now: number): string => {
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN
  return Number.isNaN(at) ? '<unknown>' : humanDuration(now - at)
}
