import { redactValues } from '../lib/redact.ts'
import type { Outcome } from '../providers/provider.ts'

/**
 * Longest text of a measurement that is stored, in UTF-16 units. A run keeps ten measurements a metric, and a server stores no object
 * beyond 1.5 MiB: one answer of some megabytes would keep the run from ever being written again.
 */
const longestText = 16 * 1024

const shorten = (text: string): string =>
  text.length <= longestText ? text : `${text.slice(0, longestText).toWellFormed()}… (${text.length} characters)`

/** Texts as they may be shown: without secrets, and not too long. */
export const shownTexts = (
  texts: Readonly<Record<string, string>> | undefined,
  redact: (text: string) => string,
): Record<string, string> | undefined => redactValues(texts, (text) => shorten(redact(text)))

const picked = (texts: Readonly<Record<string, string>>, keys: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).filter(([key]) => keys.includes(key)))

/**
 * An outcome as it may be shown.
 * @param handles keys of its metadata that hold no secret, and by which the measurement is found again
 */
export const shownOutcome = (
  outcome: Outcome,
  redact: (text: string) => string,
  handles: readonly string[] = [],
): Outcome => {
  const { value, message } = outcome
  const metadata = outcome.notes === undefined ? outcome.metadata : { ...outcome.metadata, ...outcome.notes }
  return {
    ...outcome,
    ...(value !== undefined && { value: shorten(redact(value)) }),
    ...(message !== undefined && { message: shorten(redact(message)) }),
    ...(metadata && { metadata: { ...shownTexts(metadata, redact), ...picked(metadata, handles) } }),
  }
}
