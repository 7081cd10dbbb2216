const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const year = 365 * day

const twoUnits = (ms: number, major: number, minor: number, names: readonly [string, string]): string => {
  const rest = Math.floor((ms % major) / minor)
  return `${Math.floor(ms / major)}${names[0]}${rest === 0 ? '' : `${rest}${names[1]}`}`
}

/**
 * Milliseconds as kubectl prints an age: two units where the first alone would be too coarse (Kubernetes,
 * `apimachinery/pkg/util/duration`, HumanDuration). Clocks may differ by a second; beyond that a negative age is `<invalid>`.
 */
export const humanDuration = (ms: number): string => {
  if (ms < 0) return ms <= -2 * second ? '<invalid>' : '0s'
  if (ms < 2 * minute) return `${Math.floor(ms / second)}s`
  if (ms < 10 * minute) return twoUnits(ms, minute, second, ['m', 's'])
  if (ms < 3 * hour) return `${Math.floor(ms / minute)}m`
  if (ms < 8 * hour) return twoUnits(ms, hour, minute, ['h', 'm'])
  if (ms < 2 * day) return `${Math.floor(ms / hour)}h`
  if (ms < 8 * day) return twoUnits(ms, day, hour, ['d', 'h'])
  if (ms < 2 * year) return `${Math.floor(ms / day)}d`
  if (ms < 8 * year) return twoUnits(ms, year, day, ['y', 'd'])
  return `${Math.floor(ms / year)}y`
}
