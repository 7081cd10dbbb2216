import type { MeasureContext } from './provider.ts'
import { ProviderError } from './provider-error.ts'
import type { SecretData } from './secret-access.ts'

/** A Secret that holds an account of a metric system. */
export interface AccountSecret<Key extends string> {
  readonly namespace: string
  readonly name: string
  /** Keys that must have a value. */
  readonly required: readonly Key[]
  /** Keys whose values may be shown: addresses, regions. */
  readonly shown?: readonly string[]
  /** How the published controller says that a key is missing. */
  readonly missing: string
}

/** The values of an account, and where they are, for messages. */
export interface Account<Key extends string> {
  readonly values: SecretData & Readonly<Record<Key, string>>
  readonly source: string
}

const isComplete = <Key extends string>(
  data: SecretData,
  required: readonly Key[],
): data is SecretData & Readonly<Record<Key, string>> => required.every((key) => Boolean(data[key]))

const listed = (keys: readonly string[]): string =>
  keys.length < 2 ? keys.join('') : `${keys.slice(0, -1).join(', ')} and ${keys.at(-1)}`

/** Reads an account. Throws {@link ProviderError} where it cannot be read, or a key is missing or empty. */
export const readAccount = async <Key extends string>(
  { namespace, name, required, shown = [], missing }: AccountSecret<Key>,
  { secrets }: MeasureContext,
): Promise<Account<Key>> => {
  const source = `${listed(required)} in the Secret ${namespace}/${name}`
  const values = await secrets.read(namespace, name, shown).catch((error: unknown) => {
    throw new ProviderError(`${error instanceof Error ? error.message : String(error)}: set ${source}`, {
      cause: error,
    })
  })
  if (!isComplete(values, required)) throw new ProviderError(`${missing}: set ${source}`)
  return { values, source }
}
