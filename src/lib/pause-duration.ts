import { parseDuration } from './duration.ts'

const largestInt32 = 2 ** 31 - 1
const smallestInt32 = -(2 ** 31)

/** A float outside int32 becomes the smallest int32, as the published controller's conversion does on amd64. */
const toInt32 = (value: number): number => {
  const whole = Math.trunc(value) + 0
  return whole > largestInt32 || whole < smallestInt32 ? smallestInt32 : whole
}

const secondsOfText = (text: string): number => {
  if (/^[-+]?[0-9]+$/.test(text)) {
    const seconds = Number(text)
    if (seconds <= largestInt32 && seconds >= smallestInt32) return seconds + 0
  }
  try {
    return toInt32(Number(parseDuration(text)) / 1e9)
  } catch {
    return -1
  }
}

/**
 * Seconds of `pause.duration` as the published controller counts them: a number or a numeric string is seconds, any other string a Go
 * duration whose fraction is cut off, and nothing is 0. A negative answer means that the value is not usable; -1 that it does not parse.
 */
export const pauseDurationSeconds = (duration: number | string | undefined): number => {
  if (duration === undefined) return 0
  return typeof duration === 'number' ? duration + 0 : secondsOfText(duration)
}
