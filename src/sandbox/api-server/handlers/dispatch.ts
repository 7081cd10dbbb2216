import type { KubeRequest } from '../../../kube/transport.ts'
import type { JsonObject } from '../../../lib/json.ts'
import type { Caller, Core } from '../core.ts'
import type { StoredObject } from '../objects/stored-object.ts'
import type { ResourceType } from '../resources/resource-type.ts'
import type { Route } from '../route.ts'
import { parseRoute } from '../route.ts'
import { applyObject } from '../server-side-apply/apply.ts'
import { badRequest, methodNotAllowed, noSuchResource, notFound } from '../status-error.ts'
import { createObject } from './create.ts'
import { deleteObject, deletionAnswer, readDeleteOptions } from './delete.ts'
import { evictPod } from './eviction.ts'
import { inVersion, listObjects, selectorOf } from './list.ts'
import type { MergingPatchType } from './patch.ts'
import { patchObject } from './patch.ts'
import { readScale, writeScale } from './scale.ts'
import { createToken } from './token.ts'
import { requireObject, updateObject } from './update.ts'

/** What a request is about, once its path is read. */
export interface Target {
  readonly type: ResourceType
  readonly namespace: string | undefined
  readonly name?: string
  readonly subresource?: string
}

/** A success: the HTTP status and the object of the answer. */
export interface Answer {
  readonly code: number
  readonly body: JsonObject
}

const namespaceOf = (type: ResourceType, route: Route): string | undefined => {
  if (type.namespaced) return route.namespace
  if (route.namespace !== undefined) throw noSuchResource()
  return undefined
}

/** Finds the kind that serves a path. Throws 404 when nobody does. */
export const targetOf = (core: Core, path: string): Target => {
  const route = parseRoute(path)
  if (route === undefined) throw noSuchResource()
  const type = core.registry.require(route)
  const namespace = namespaceOf(type, route)
  if (type.namespaced && route.name !== undefined && namespace === undefined) throw noSuchResource()
  return {
    type,
    namespace,
    ...(route.name === undefined ? {} : { name: route.name }),
    ...(route.subresource === undefined ? {} : { subresource: route.subresource }),
  }
}

const ok = (body: JsonObject): Answer => ({ code: 200, body })

const onCollection = (core: Core, target: Target, request: KubeRequest, caller: Caller): Answer => {
  const { type, namespace } = target
  const query = request.query ?? {}
  if (request.method === 'GET') return ok(listObjects(core, type, namespace, query))
  if (request.method === 'POST') {
    if (type.namespaced && namespace === undefined) throw methodNotAllowed()
    return { code: 201, body: createObject(core, type, namespace, request.body, caller) }
  }
  if (request.method !== 'DELETE') throw methodNotAllowed()
  const selects = selectorOf(type, query)
  const list = listObjects(core, type, namespace, query)
  const options = readDeleteOptions(request.body, query)
  for (const object of core.storage.collection(type).list(namespace).filter(selects)) {
    deleteObject(core, type, object, options, caller)
  }
  return ok(list)
}

const patchTypeOf = (request: KubeRequest): MergingPatchType => {
  const { contentType } = request
  if (
    contentType === 'application/json-patch+json' ||
    contentType === 'application/merge-patch+json' ||
    contentType === 'application/strategic-merge-patch+json'
  ) {
    return contentType
  }
  throw badRequest(`a patch needs the content type of a patch, not ${contentType ?? 'none'}`)
}

const onObject = (core: Core, target: Target, name: string, request: KubeRequest, caller: Caller): Answer => {
  const { type, namespace, subresource } = target
  if (request.method === 'PATCH' && request.contentType === 'application/apply-patch+yaml') {
    return applyObject(core, target, name, request, caller)
  }
  const object = requireObject(core, type, namespace, name)
  if (request.method === 'GET') return ok(inVersion(type, object))
  if (request.method === 'PUT') return ok(updateObject(core, type, object, request.body, caller, subresource))
  if (request.method === 'PATCH') {
    const patch = { body: request.body, patchType: patchTypeOf(request) }
    return ok(patchObject(core, type, object, patch, caller, subresource))
  }
  if (request.method !== 'DELETE' || subresource !== undefined) throw methodNotAllowed()
  const options = readDeleteOptions(request.body, request.query ?? {})
  return ok(deletionAnswer(type, deleteObject(core, type, object, options, caller)))
}

const onScale = (
  core: Core,
  type: ResourceType,
  object: StoredObject,
  request: KubeRequest,
  caller: Caller,
): Answer => {
  if (type.scale === undefined) throw noSuchResource()
  if (request.method === 'GET') return ok(readScale(type.scale, object))
  const contentType = request.method === 'PUT' ? 'application/json' : patchTypeOf(request)
  return ok(writeScale(core, type, type.scale, object, { body: request.body, contentType }, caller))
}

const onSubresource = (core: Core, target: Target, name: string, request: KubeRequest, caller: Caller): Answer => {
  const { type, namespace, subresource } = target
  if (subresource === 'status' && type.status) return onObject(core, target, name, request, caller)
  const object = requireObject(core, type, namespace, name)
  const { method } = request
  if (subresource === 'scale') return onScale(core, type, object, request, caller)
  if (subresource === 'eviction' && type.plural === 'pods' && method === 'POST') {
    return { code: 201, body: evictPod(core, type, object, request.body, request.query ?? {}, caller) }
  }
  if (subresource === 'token' && type.plural === 'serviceaccounts' && method === 'POST') {
    return { code: 201, body: createToken(core, object, request.body) }
  }
  if (subresource === 'log' && type.plural === 'pods') {
    throw badRequest('the sandbox simulates pods: there are no logs to show. Try `kubectl describe` or the events')
  }
  throw noSuchResource()
}

/** Carries out a request that is no watch. Throws {@link StatusError} for everything that is no success. */
export const dispatch = (core: Core, request: KubeRequest, caller: Caller): Answer => {
  const target = targetOf(core, request.path)
  const { type, name, subresource } = target
  if (name === undefined) return onCollection(core, target, request, caller)
  if (name === '') throw notFound(type, name)
  return subresource === undefined
    ? onObject(core, target, name, request, caller)
    : onSubresource(core, target, name, request, caller)
}
