import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { JsonObject } from '../../../../src/lib/json.ts'
import { parseYaml } from '../../../../src/lib/yaml.ts'
import { type Front, serveSandbox } from '../../../../src/sandbox/http/front.ts'
import { kubeconfigFor } from '../../../../src/sandbox/http/kubeconfig.ts'
import { replicaSet } from '../../../contract/objects.ts'
import { aConfigMap, aServer, configMapsPath } from '../api-server/server-builder.ts'

const tableType = 'application/json;as=Table;v=v1;g=meta.k8s.io'

describe('the HTTP front of a sandbox', () => {
  const { server, clock } = aServer()
  let front: Front

  before(async () => {
    front = await serveSandbox({ server, token: 'secret', user: 'admin' })
  })
  after(() => front.close())

  const send = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${front.url}${path}`, { ...init, headers: { authorization: 'Bearer secret', ...init.headers } })

  const read = async (path: string, init: RequestInit = {}): Promise<JsonObject> => {
    const response = await send(path, init)
    const body = (await response.json()) as JsonObject
    return body
  }

  it('lets in who has the token, as a header or as the first part of the path', async () => {
    assert.equal((await fetch(`${front.url}${configMapsPath}`)).status, 401)
    assert.equal((await fetch(`${front.url}/secret${configMapsPath}`)).status, 200)
    assert.equal((await send(configMapsPath)).status, 200)
    const config = parseYaml(kubeconfigFor(front, 'shop')) as JsonObject
    assert.deepEqual(config.clusters, [{ name: 'sandbox', cluster: { server: `${front.url}/secret` } }])
  })

  it('lets in a ServiceAccount with the token that the server gave it', async () => {
    server.objects.create({ group: '', version: 'v1', plural: 'serviceaccounts' }, { metadata: { name: 'robot' } })
    const path = '/api/v1/namespaces/default/serviceaccounts/robot/token'
    const { status } = await read(path, { method: 'POST', body: '{"spec":{}}' })
    const { token } = status as { token: string }
    const answer = await fetch(`${front.url}${configMapsPath}`, { headers: { authorization: `Bearer ${token}` } })
    assert.equal(answer.status, 200)
    assert.equal(server.requests.total({ user: 'system:serviceaccount:default:robot', verb: 'list' }), 1)
  })

  it('creates, and answers with the status that belongs to what happened', async () => {
    const init = { method: 'POST', body: JSON.stringify(aConfigMap('made')) }
    assert.equal((await send(configMapsPath, init)).status, 201)
    const again = await send(configMapsPath, init)
    assert.equal(again.status, 409)
    const status = (await again.json()) as JsonObject
    assert.deepEqual(status, {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'configmaps "made" already exists',
      reason: 'AlreadyExists',
      details: { name: 'made', kind: 'configmaps' },
      code: 409,
    })
  })

  it('reads applied configurations as YAML and as JSON', async () => {
    const headers = { 'content-type': 'application/apply-patch+yaml' }
    const path = `${configMapsPath}/applied?fieldManager=test`
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: applied}\ndata: {a: "1"}\n'
    assert.equal((await send(path, { method: 'PATCH', headers, body: yaml })).status, 201)
    const json = JSON.stringify({ ...aConfigMap('applied'), data: { a: '2' } })
    assert.deepEqual((await read(path, { method: 'PATCH', headers, body: json })).data, { a: '2' })
  })

  it('warns about unknown and duplicate fields, or refuses them when asked to', async () => {
    const body = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"twice"},"data":{"a":"1","a":"2"},"zz":1}'
    const refused = await read(`${configMapsPath}?fieldValidation=Strict`, { method: 'POST', body })
    assert.match(String(refused.message), /strict decoding error: duplicate field "data\.a"/)
    const warned = await send(configMapsPath, { method: 'POST', body })
    assert.equal(warned.status, 201)
    assert.equal(warned.headers.get('warning'), '299 - "duplicate field \\"data.a\\"", 299 - "unknown field \\"zz\\""')
  })

  it('refuses bodies that it cannot read, and says which it can', async () => {
    const protobuf = { 'content-type': 'application/vnd.kubernetes.protobuf' }
    const binary = await read(configMapsPath, { method: 'POST', headers: protobuf, body: 'k8s' })
    assert.equal(binary.code, 400)
    assert.match(String(binary.message), /is not protobuf/)
    assert.equal((await send(configMapsPath, { method: 'POST', body: '{' })).status, 400)
    const patch = { method: 'PATCH', headers: { 'content-type': 'text/plain' }, body: '{}' }
    assert.equal((await send(`${configMapsPath}/made`, patch)).status, 415)
    assert.equal((await send(configMapsPath, { method: 'PROPFIND' })).status, 405)
  })

  it('prints tables with ages by the clock of the sandbox', async () => {
    const type = { group: 'apps', version: 'v1', plural: 'replicasets' }
    server.objects.create(type, { ...replicaSet('web'), status: { replicas: 2, readyReplicas: 1 } })
    await clock.advance(150_000)
    const table = await read('/apis/apps/v1/namespaces/default/replicasets', { headers: { accept: tableType } })
    assert.equal(table.kind, 'Table')
    const { columnDefinitions, rows } = table as {
      columnDefinitions: { name: string; priority: number }[]
      rows: { cells: unknown[]; object: JsonObject }[]
    }
    const shown = columnDefinitions.filter(({ priority }) => priority === 0).map(({ name }) => name)
    assert.deepEqual(shown, ['Name', 'Desired', 'Current', 'Ready', 'Age'])
    assert.deepEqual(rows[0]?.cells.slice(0, 5), ['web', 2, 2, 1, '2m30s'])
    assert.equal(rows[0]?.object.kind, 'PartialObjectMetadata')
  })

  it('streams a watch line by line, also as tables', async () => {
    const controller = new AbortController()
    const path = `${configMapsPath}?watch=true&resourceVersion=${server.resourceVersion}`
    const response = await send(path, { signal: controller.signal, headers: { accept: tableType } })
    server.objects.create({ group: '', version: 'v1', plural: 'configmaps' }, aConfigMap('seen'))
    const reader = response.body?.getReader()
    const first = await reader?.read()
    const event = JSON.parse(Buffer.from(first?.value ?? []).toString())
    assert.equal(event.type, 'ADDED')
    assert.equal(event.object.rows[0].cells[0], 'seen')
    controller.abort()
  })

  it('tells which kinds there are, in one document and in many', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'
    const all = await send('/apis', { headers: { accept } })
    assert.match(all.headers.get('content-type') ?? '', /as=APIGroupDiscoveryList/)
    const { groups } = (await read('/apis')) as { groups: { name: string }[] }
    assert.ok(groups.some(({ name }) => name === 'contract.example.com'))
    const list = (await read('/apis/contract.example.com/v1')) as { resources: { name: string }[] }
    assert.deepEqual(
      list.resources.map(({ name }) => name),
      ['widgets', 'widgets/status', 'widgets/scale'],
    )
    assert.equal((await send('/apis/nobody.example.com/v1')).status, 404)
  })

  it('describes every kind in OpenAPI, with no reference that leads nowhere', async () => {
    const { paths } = (await read('/openapi/v3')) as { paths: Record<string, { serverRelativeURL: string }> }
    for (const { serverRelativeURL } of Object.values(paths)) {
      const text = await (await send(serverRelativeURL)).text()
      const { components } = JSON.parse(text) as { components: { schemas: JsonObject } }
      const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? '')
      assert.deepEqual(
        references.filter((name) => components.schemas[name] === undefined),
        [],
      )
    }
    assert.ok(Object.keys(paths).includes('apis/contract.example.com/v1'))
  })
})
