import { createHash } from 'node:crypto'
import type { JsonObject } from '../../../lib/json.ts'
import type { ResourceType } from '../../api-server/resources/resource-type.ts'
import { pathsOf } from './paths.ts'
import { componentSchemas } from './schemas.ts'

const rootOf = (type: ResourceType): string =>
  type.group === '' ? `api/${type.version}` : `apis/${type.group}/${type.version}`

const documentOf = (types: readonly ResourceType[]): JsonObject => ({
  openapi: '3.0.0',
  info: { title: 'Kubernetes', version: 'unversioned' },
  paths: Object.assign({}, ...types.map(pathsOf)),
  components: { schemas: componentSchemas(types) },
})

/**
 * The OpenAPI v3 documents of a server, one a group and version: what `kubectl explain` prints and what `kubectl apply`
 * asks for before it sends anything. A document is made when it is asked for and kept until the kinds change.
 */
export class OpenApi {
  readonly #byRoot: Map<string, readonly ResourceType[]>
  readonly #texts = new Map<string, string>()

  constructor(types: readonly ResourceType[]) {
    this.#byRoot = Map.groupBy(types, rootOf)
  }

  /** `/openapi/v3`: the documents, each with a hash of its content so that clients can keep it for ever. */
  index(): JsonObject {
    const paths: JsonObject = {}
    for (const [root, types] of this.#byRoot) {
      const hash = createHash('sha256')
        .update(JSON.stringify(types.map(({ schemaName, schema }) => [schemaName, schema])))
        .digest('hex')
        .toUpperCase()
      paths[root] = { serverRelativeURL: `/openapi/v3/${root}?hash=${hash}` }
    }
    return { paths }
  }

  /** `/openapi/v3/<root>` as JSON text; `undefined` when nothing is served there. */
  document(root: string): string | undefined {
    const types = this.#byRoot.get(root)
    if (types === undefined) return undefined
    const text = this.#texts.get(root) ?? JSON.stringify(documentOf(types))
    this.#texts.set(root, text)
    return text
  }
}
