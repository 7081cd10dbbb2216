import type { JsonObject } from '../lib/json.ts'
import { isJsonObject, objectOr, stringOr } from '../lib/json-value.ts'
import { parseYamlDocuments } from '../lib/yaml.ts'
import { CommandError } from './command-error.ts'
import type { CliContext } from './context.ts'
import { readText } from './read-text.ts'

/** An object of a file. */
export interface Manifest {
  readonly file: string
  /** Which of the documents of the file that are not empty, from 0. */
  readonly index: number
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

/** The objects of a text; a List stands for what is in it. */
const objectsOf = (text: string, file: string): readonly JsonObject[] =>
  parseYamlDocuments(text).flatMap((document) => {
    if (!isJsonObject(document)) throw new CommandError(`${file} holds something that is no object`)
    return document.kind === 'List' && Array.isArray(document.items) ? document.items.filter(isJsonObject) : [document]
  })

/** Reads all objects of files, in their order. Throws CommandError for a file that cannot be read, or holds no YAML. */
export const readManifests = async (context: CliContext, files: readonly string[]): Promise<readonly Manifest[]> => {
  const manifests: Manifest[] = []
  for (const file of files) {
    const text = await readText(context, file)
    try {
      manifests.push(...objectsOf(text, file).map((object, index) => ({ file, index, object })))
    } catch (error) {
      if (error instanceof CommandError) throw error
      throw new CommandError(`reading ${file}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      })
    }
  }
  return manifests
}
