import { DurationError, durationMs } from '../lib/duration.ts'
import { ProviderError } from './provider-error.ts'

/** Milliseconds of a duration in a spec, `fallback` where it is not set. Throws {@link ProviderError} that names the field. */
export const durationField = (text: string | undefined, fallback: string, field: string): number => {
  try {
    return durationMs(text || fallback)
  } catch (error) {
    if (!(error instanceof DurationError)) throw error
    throw new ProviderError(`${field}: ${error.message}`, { cause: error })
  }
}
