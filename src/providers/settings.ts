import { DurationError, durationMs } from '../lib/duration.ts'
import { ProviderError } from './provider-error.ts'

/** A duration of a metric in milliseconds. Throws {@link ProviderError} that begins with the path of the field, `provider.dynatrace.interval`. */
export const intervalMs = (text: string | undefined, fallback: string, path: string): number => {
  let ms: number
  try {
    ms = durationMs(text || fallback)
  } catch (error) {
    if (!(error instanceof DurationError)) throw error
    throw new ProviderError(`${path}: ${error.message}`, { cause: error })
  }
  if (ms > 0) return ms
  throw new ProviderError(`${path}: the duration must be more than 0`)
}

/** A time limit in milliseconds, from seconds; one that is absent or not above 0 is the default. */
export const limitMs = (seconds: number | undefined, defaultSeconds: number): number =>
  (seconds !== undefined && seconds > 0 ? seconds : defaultSeconds) * 1000
