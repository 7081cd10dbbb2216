import { redactor } from '../lib/redact.ts'
import type { SecretAccess } from '../providers/secret-access.ts'
import type { ReadSecret } from './secret-reader.ts'

/** The Secrets of one measurement, and how to take them out of what it says. */
export interface HidingSecrets {
  readonly access: SecretAccess
  /** Replaces every secret that is known by now by `*****`. */
  redact(text: string): string
}

/** Remembers what is read as long as a measurement takes. `known` are the secrets that its arguments hold already. */
export const hidingSecrets = (read: ReadSecret, known: readonly string[]): HidingSecrets => {
  const hidden = [...known]
  return {
    access: {
      read: async (namespace, name, shown = []) => {
        const data = await read(namespace, name)
        hidden.push(...Object.keys(data).flatMap((key) => (shown.includes(key) ? [] : (data[key] ?? []))))
        return data
      },
      hide: (text) => void hidden.push(text),
    },
    redact: (text) => redactor(hidden)(text),
  }
}
