import { rollouts } from '../../api/resources.ts'
import type { StoredObject } from '../../kube/informer.ts'
import { isJsonObject, objectOr, stringOr } from '../../lib/json-value.ts'
import { parseYaml } from '../../lib/yaml.ts'
import { CommandError } from '../command-error.ts'
import type { Invocation } from '../invocation.ts'

/** The object of a file. Nothing is asked of it but that it says what it is. */
const parsed = (text: string): StoredObject => {
  const document = parseYaml(text)
  if (!isJsonObject(document) || stringOr(document.kind) === undefined)
    throw new CommandError(`Object 'Kind' is missing in '${JSON.stringify(document)}'`)
  const metadata = objectOr(document.metadata)
  const { name, uid, resourceVersion } = metadata
  return {
    ...document,
    metadata: {
      ...metadata,
      name: stringOr(name) ?? '',
      uid: stringOr(uid) ?? '',
      resourceVersion: stringOr(resourceVersion) ?? '',
    },
  }
}

/** Reads the Rollout of a file of that name, or else that of the cluster. */
export const readResource = async (invocation: Invocation, name: string): Promise<StoredObject> => {
  // Where there is no such file, and where it is a folder, the name is that of a Rollout.
  const text = await invocation.context.readFile(name).catch(() => undefined)
  if (text !== undefined) return parsed(text)
  return invocation.withCluster(({ client, namespace }) => client.get(rollouts, { namespace, name }))
}
