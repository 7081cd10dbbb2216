import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StatusError } from '../../../../src/sandbox/api-server/status-error.ts'
import { decodeProtobuf } from '../../../../src/sandbox/http/protobuf/decode.ts'

/** A length-delimited field: its number, the length, the bytes. All numbers here fit one byte. */
const field = (number: number, ...parts: readonly (string | Buffer)[]): Buffer => {
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)))
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes])
}

const varint = (number: number, value: number): Buffer => Buffer.from([number << 3, value])

const envelope = (apiVersion: string, kind: string, ...message: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.from('k8s\0'), field(1, field(1, apiVersion), field(2, kind)), field(2, ...message)])

describe('bodies in protobuf', () => {
  it('become objects as JSON would have brought them', () => {
    const body = envelope(
      'v1',
      'ConfigMap',
      field(1, field(1, 'web'), field(3, ''), field(8, ''), field(11, field(1, 'app'), field(2, 'web'))),
      field(2, field(1, 'a'), field(2, '1')),
      field(2, field(1, 'b'), field(2, '2')),
    )
    assert.deepEqual(decodeProtobuf(body), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'web', labels: { app: 'web' } },
      data: { a: '1', b: '2' },
    })
  })

  it('keep a zero that means something and leave out one that means nothing', () => {
    const spec = field(2, varint(1, 0), varint(5, 0))
    assert.deepEqual(decodeProtobuf(envelope('apps/v1', 'Deployment', spec)), {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: { replicas: 0 },
    })
  })

  it('read ports that are numbers or names', () => {
    const port = (target: Buffer): Buffer => field(1, varint(3, 80), field(4, target))
    const spec = field(
      2,
      port(Buffer.concat([varint(1, 0), varint(2, 88)])),
      port(Buffer.concat([varint(1, 1), field(3, 'http')])),
    )
    assert.deepEqual(decodeProtobuf(envelope('v1', 'Service', spec)).spec, {
      ports: [
        { port: 80, targetPort: 88 },
        { port: 80, targetPort: 'http' },
      ],
    })
  })

  it('are refused when they are cut off, of an unknown kind, or no protobuf', () => {
    const whole = envelope('v1', 'ConfigMap', field(1, field(1, 'web')))
    const refused = (bytes: Buffer): void =>
      assert.throws(
        () => decodeProtobuf(bytes),
        (error: unknown) => error instanceof StatusError && error.code === 400,
      )
    refused(whole.subarray(0, -2))
    refused(envelope('example.com/v1', 'Gadget'))
    refused(Buffer.from('{}'))
  })
})
