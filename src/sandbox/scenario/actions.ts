import type { Rollout } from '../../api/rollout.ts'
import { abortPatch, type CommandPatch, pausePatch, promotePatches, retryPatch } from '../../api/rollout-commands.ts'
import { KubeError } from '../../kube/errors.ts'
import { pathOf, type Resource } from '../../kube/resource.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { StatusError } from '../api-server/status-error.ts'
import type { Sandbox } from '../sandbox.ts'
import { imagePatch } from './image-patch.ts'
import { ScenarioError } from './scenario-error.ts'
import type { ScenarioChange } from './schema.ts'

/** The user as which scenarios act. */
export const scenarioUser = 'scenario'

const metadataOf = (object: JsonObject): { name: string; namespace?: string } =>
  object.metadata as unknown as { name: string; namespace?: string }

/** Says which object the API server refused, in the server's words. */
const named = (what: string, write: () => void): void => {
  try {
    write()
  } catch (cause) {
    if (!(cause instanceof StatusError || cause instanceof KubeError)) throw cause
    throw new ScenarioError(`${what}: ${cause instanceof KubeError ? cause.serverMessage : cause.message}`, { cause })
  }
}

/** A field that does not exist is a mistake in a scenario, not something to drop. */
const strict = { fieldValidation: 'Strict' }

const resourceFor = (sandbox: Sandbox, apiVersion: unknown, kind: unknown): Resource => {
  const type = sandbox.server.typeOf(String(apiVersion), String(kind))
  if (type === undefined)
    throw new ScenarioError(`finding kind ${String(kind)} of ${String(apiVersion)}: the sandbox does not serve it`)
  return type
}

/** Creates objects, or brings those that are there to the given state: what is silent stays, lists are replaced. */
export const applyObjects = (sandbox: Sandbox, objects: readonly JsonObject[], namespace: string): void => {
  for (const object of objects) {
    const resource = resourceFor(sandbox, object.apiVersion, object.kind)
    const { name, namespace: own = namespace } = metadataOf(object)
    const at = resource.namespaced ? { namespace: own } : {}
    const isThere = sandbox.server.objects.get(resource, at.namespace, name) !== undefined
    const request = isThere
      ? {
          method: 'PATCH' as const,
          path: pathOf(resource, { ...at, name }),
          contentType: 'application/merge-patch+json' as const,
        }
      : { method: 'POST' as const, path: pathOf(resource, at) }
    named(`applying ${String(object.kind)} ${name}`, () => {
      sandbox.server.handle(scenarioUser, { ...request, query: strict, body: object })
    })
  }
}

const patchRollout = (
  sandbox: Sandbox,
  target: { rollout: string; namespace?: string | undefined },
  namespace: string,
  patches: (rollout: DeepReadonly<Rollout>) => readonly CommandPatch[],
): void => {
  const key = { namespace: target.namespace ?? namespace, name: target.rollout }
  const rollout = sandbox.cluster.get('Rollout', key)
  if (rollout === undefined) throw new ScenarioError(`finding Rollout ${key.namespace}/${key.name}: there is none`)
  for (const { patch, subresource } of patches(rollout)) {
    named(`patching Rollout ${key.name}`, () => sandbox.cluster.patch(scenarioUser, 'Rollout', key, patch, subresource))
  }
}

const patchObject = (sandbox: Sandbox, change: NonNullable<ScenarioChange['patch']>, namespace: string): void => {
  const resource = resourceFor(sandbox, change.apiVersion, change.kind)
  const { name, subresource, patch } = change
  const at = resource.namespaced ? { namespace: change.namespace ?? namespace } : {}
  const path = pathOf(resource, { ...at, name, ...(subresource === undefined ? {} : { subresource }) })
  const contentType = 'application/merge-patch+json'
  named(`patching ${change.kind} ${name}`, () => {
    sandbox.server.handle(scenarioUser, { method: 'PATCH', path, query: strict, body: patch, contentType })
  })
}

const deleteObject = (sandbox: Sandbox, change: NonNullable<ScenarioChange['delete']>, namespace: string): void => {
  const resource = resourceFor(sandbox, change.apiVersion, change.kind)
  const at = resource.namespaced ? (change.namespace ?? namespace) : undefined
  sandbox.server.objects.as(scenarioUser).delete(resource, at, change.name)
}

/** Carries out a change of a scenario, all but a restart of the controller. Throws what the API server refuses. */
export const carryOut = (sandbox: Sandbox, change: ScenarioChange, namespace: string): void => {
  const { apply, patch, setImage, scale, promote, abort, retry, pause } = change
  if (apply !== undefined) applyObjects(sandbox, [apply].flat() as JsonObject[], namespace)
  if (patch !== undefined) patchObject(sandbox, patch, namespace)
  if (change.delete !== undefined) deleteObject(sandbox, change.delete, namespace)
  if (setImage !== undefined) {
    patchRollout(sandbox, setImage, namespace, (rollout) => [imagePatch(rollout, setImage.image, setImage.container)])
  }
  if (scale !== undefined) {
    patchRollout(sandbox, scale, namespace, () => [{ patch: { spec: { replicas: scale.replicas } } }])
  }
  if (promote !== undefined) {
    patchRollout(sandbox, promote, namespace, (rollout) =>
      promotePatches(rollout, promote.full === true ? 'full' : 'next'),
    )
  }
  if (abort !== undefined) patchRollout(sandbox, abort, namespace, () => [abortPatch])
  if (retry !== undefined) patchRollout(sandbox, retry, namespace, () => [retryPatch])
  if (pause !== undefined) patchRollout(sandbox, pause, namespace, () => [pausePatch])
}

/** A change in words: its note, else what it does. */
export const describeChange = (change: ScenarioChange): string => {
  const { note, setImage, scale, promote, abort, retry, pause, patch } = change
  if (note !== undefined) return note
  if (setImage !== undefined) return `set image of ${setImage.rollout} to ${setImage.image}`
  if (scale !== undefined) return `scale ${scale.rollout} to ${scale.replicas}`
  if (promote !== undefined) return `promote ${promote.rollout}${promote.full === true ? ' --full' : ''}`
  if (abort !== undefined) return `abort ${abort.rollout}`
  if (retry !== undefined) return `retry ${retry.rollout}`
  if (pause !== undefined) return `pause ${pause.rollout}`
  if (patch !== undefined) return `patch ${patch.kind} ${patch.name}`
  if (change.delete !== undefined) return `delete ${change.delete.kind} ${change.delete.name}`
  if (change.restartController === undefined) return 'apply manifests'
  return change.restartController.crash === true ? 'kill the controller and start it anew' : 'restart the controller'
}
