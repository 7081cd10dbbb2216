import type { Json, JsonObject } from '../lib/json.ts'
import { isJsonObject, objectOr, stringOr } from '../lib/json-value.ts'
import { CommandError } from './command-error.ts'
import type { CliContext } from './context.ts'
import { readText } from './read-text.ts'

/** An object of a file. */
export interface Manifest {
  readonly file: string
  /** Which of the documents of the file that are not empty, from 0. */
  readonly document: number
  /** Where it stands in the document: nowhere else than at its top, unless it is in a List. */
  readonly at: readonly (string | number)[]
  /** The text of the file, in which places are looked up. */
  readonly text: string
  readonly object: JsonObject
}

/** `apps/v1` or `v1`; empty where an object says none. */
export const apiVersionOf = ({ object }: Manifest): string => stringOr(object.apiVersion) ?? ''

/** The kind of an object; empty where it says none. */
export const kindOf = ({ object }: Manifest): string => stringOr(object.kind) ?? ''

/** The name of an object; empty where it says none. */
export const nameOf = ({ object }: Manifest): string => stringOr(objectOr(object.metadata).name) ?? ''

/** The namespace that an object names itself. */
export const namespaceOf = ({ object }: Manifest): string | undefined => stringOr(objectOr(object.metadata).namespace)

/** Whether an object is of a kind of Rollouts' own API. */
export const isArgoKind = (manifest: Manifest, kind: string): boolean =>
  apiVersionOf(manifest).startsWith('argoproj.io/') && kindOf(manifest) === kind

/** The objects of documents; a List stands for what is in it. */
const manifestsOf = (documents: readonly Json[], text: string, file: string): readonly Manifest[] =>
  documents.flatMap((object, document) => {
    if (!isJsonObject(object)) throw new CommandError(`${file} holds something that is no object`)
    if (object.kind !== 'List' || !Array.isArray(object.items)) return [{ file, document, at: [], text, object }]
    return object.items.flatMap((item, index) =>
      isJsonObject(item) ? [{ file, document, at: ['items', index], text, object: item }] : [],
    )
  })

/** Reads all objects of files, in their order. Throws CommandError for a file that cannot be read, or holds no YAML. */
export const readManifests = async (context: CliContext, files: readonly string[]): Promise<readonly Manifest[]> => {
  const { parseYamlDocuments } = await import('../lib/yaml.ts')
  const manifests: Manifest[] = []
  for (const file of files) {
    const text = await readText(context, file)
    try {
      manifests.push(...manifestsOf(parseYamlDocuments(text), text, file))
    } catch (error) {
      if (error instanceof CommandError) throw error
      throw new CommandError(`reading ${file}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      })
    }
  }
  return manifests
}
