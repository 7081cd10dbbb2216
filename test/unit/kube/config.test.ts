import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type ConnectOptions, connect, connectForeign } from '../../../src/kube/config.ts'
import { CredentialCache, type Credentials, tlsFingerprint } from '../../../src/kube/credentials.ts'
import { HttpTransport } from '../../../src/kube/http-transport.ts'
import { KubeconfigError } from '../../../src/kube/kubeconfig-file.ts'
import { makeCertificate } from '../../builders/certificate.ts'
import { ManualClock } from '../../builders/manual-clock.ts'
import { json, MisbehavingServer } from '../../builders/misbehaving-server.ts'

let folder = ''

const write = (name: string, content: string): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const kubeconfig = (user: string, cluster = 'server: https://api.example:6443/'): string => `
apiVersion: v1
kind: Config
current-context: main
contexts:
- name: main
  context: {cluster: c, user: u, namespace: team}
- name: other
  context: {cluster: c2, user: u}
- name: broken
  context: {cluster: nowhere, user: u}
clusters:
- name: c
  cluster: {${cluster}}
- name: c2
  cluster: {server: "http://127.0.0.1:8001"}
users:
- name: u
  user: ${user}
`

const connectTo = (options: Partial<ConnectOptions>, clock = new ManualClock()) =>
  connect({ env: {}, clock, ...options })

describe('finding the API server', () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'crossfade-config-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  it('takes server, namespace and token of the current context', async () => {
    const connection = await connectTo({ kubeconfig: write('token', kubeconfig('{token: abc}')) })
    assert.equal(connection.server, 'https://api.example:6443')
    assert.equal(connection.namespace, 'team')
    const { headers } = await connection.authenticate(false)
    assert.equal(headers.authorization, 'Bearer abc')
  })

  it('takes another context and namespace when told so, also over plain HTTP', async () => {
    const path = write('context', kubeconfig('{token: abc}'))
    const connection = await connectTo({ kubeconfig: path, context: 'other', namespace: 'mine' })
    assert.equal(connection.server, 'http://127.0.0.1:8001')
    assert.equal(connection.namespace, 'mine')
    assert.equal((await connection.authenticate(false)).headers.authorization, 'Bearer abc')
  })

  it('reads certificates beside the kubeconfig, and the server name and trust of the cluster', async () => {
    write('ca.pem', 'CA')
    const data = Buffer.from('KEY').toString('base64')
    const cluster = 'server: "https://api.example", certificate-authority: ca.pem, tls-server-name: inner'
    const user = `{client-certificate-data: ${Buffer.from('CERT').toString('base64')}, client-key-data: ${data}}`
    const connection = await connectTo({ kubeconfig: write('certs', kubeconfig(user, cluster)) })
    const { tls } = await connection.authenticate(false)
    assert.deepEqual(
      [String(tls.ca), String(tls.cert), String(tls.key), tls.servername],
      ['CA', 'CERT', 'KEY', 'inner'],
    )
    const insecure = 'server: "https://api.example", insecure-skip-tls-verify: true'
    const open = await connectTo({ kubeconfig: write('insecure', kubeconfig('{}', insecure)) })
    assert.equal((await open.authenticate(false)).tls.rejectUnauthorized, false)
  })

  it('reads a token file again when a minute has passed, and at once when the token is refused', async () => {
    const clock = new ManualClock()
    write('the-token', 'one\n')
    const connection = await connectTo({ kubeconfig: write('file', kubeconfig('{tokenFile: the-token}')) }, clock)
    const token = async (fresh = false) => (await connection.authenticate(fresh)).headers.authorization
    assert.equal(await token(), 'Bearer one')
    write('the-token', 'two\n')
    await clock.advance(59_000)
    assert.equal(await token(), 'Bearer one')
    await clock.advance(1000)
    assert.equal(await token(), 'Bearer two')
    write('the-token', 'three\n')
    assert.equal(await token(true), 'Bearer three')
  })

  it('runs an exec plugin beside the kubeconfig once, and again when its token is refused', async () => {
    const script = `#!/bin/sh
echo x >> "${folder}/runs"
case "$KUBERNETES_EXEC_INFO" in *ExecCredential*) told=told;; esac
printf '{"kind":"ExecCredential","status":{"token":"%s-%s"}}' "$told" "$(wc -l < "${folder}/runs" | tr -d ' ')"
`
    chmodSync(write('plugin.sh', script), 0o755)
    const user = '{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin.sh}}'
    const clock = new ManualClock()
    const connection = await connectTo({ kubeconfig: write('exec', kubeconfig(user)) }, clock)
    const token = async (fresh: boolean) => (await connection.authenticate(fresh)).headers.authorization
    assert.equal(await token(false), 'Bearer told-1')
    await clock.advance(61_000)
    assert.equal(await token(false), 'Bearer told-1')
    assert.equal(await token(true), 'Bearer told-2')
  })

  it('says which plugin failed, and what it said', async () => {
    chmodSync(write('bad.sh', '#!/bin/sh\necho "log in first" >&2\nexit 3\n'), 0o755)
    const user = '{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./bad.sh}}'
    const connection = await connectTo({ kubeconfig: write('badexec', kubeconfig(user)) })
    await assert.rejects(connection.authenticate(false), (error) => {
      assert.ok(error instanceof KubeconfigError)
      assert.match(error.message, /bad\.sh": log in first/)
      return true
    })
  })

  it('passes on basic credentials and impersonation', async () => {
    const user = '{username: me, password: pw, as: boss, as-groups: [a, b]}'
    const connection = await connectTo({ kubeconfig: write('basic', kubeconfig(user)) })
    assert.deepEqual((await connection.authenticate(false)).headers, {
      authorization: `Basic ${Buffer.from('me:pw').toString('base64')}`,
      'impersonate-user': 'boss',
      'impersonate-group': ['a', 'b'],
    })
  })

  it('joins the files that KUBECONFIG lists, the first one winning, and skips those that are missing', async () => {
    const first = write('first', 'current-context: main\nusers:\n- name: u\n  user: {token: first}\n')
    const second = write('second', kubeconfig('{token: second}'))
    const env = { KUBECONFIG: [first, join(folder, 'missing'), second].join(':') }
    const connection = await connectTo({ env })
    assert.equal((await connection.authenticate(false)).headers.authorization, 'Bearer first')
    assert.equal(connection.namespace, 'team')
  })

  it('takes the kubeconfig of the home directory, and else the service account of the pod', async () => {
    mkdirSync(join(folder, '.kube'))
    write('.kube/config', kubeconfig('{token: home}'))
    const home = await connectTo({ env: { HOME: folder } })
    assert.equal((await home.authenticate(false)).headers.authorization, 'Bearer home')
    mkdirSync(join(folder, 'account'))
    for (const [name, content] of [
      ['token', 'pod'],
      ['ca.crt', 'CA'],
      ['namespace', 'argo-rollouts\n'],
    ] as const) {
      write(`account/${name}`, content)
    }
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }
    const pod = await connectTo({ env, serviceAccountPath: join(folder, 'account') })
    assert.deepEqual([pod.server, pod.namespace], ['https://[fd00::1]:443', 'argo-rollouts'])
    const { headers, tls } = await pod.authenticate(false)
    assert.deepEqual([headers.authorization, String(tls.ca)], ['Bearer pod', 'CA'])
  })

  it('lets the command line choose entries and fields in place of those of the context', async () => {
    const path = write('flags', kubeconfig('{username: joe, password: pw}'))
    const other = await connectTo({ kubeconfig: path, cluster: 'c2' })
    assert.deepEqual([other.server, other.namespace], ['http://127.0.0.1:8001', 'team'])
    const userFields = { token: 'flag', as: 'jane' }
    const flags = await connectTo({ kubeconfig: path, clusterFields: { server: 'https://else.example' }, userFields })
    assert.equal(flags.server, 'https://else.example')
    const { headers } = await flags.authenticate(false)
    assert.deepEqual([headers.authorization, headers['impersonate-user']], ['Bearer flag', 'jane'])
    const alone = await connectTo({ clusterFields: { server: 'http://127.0.0.1:9' } })
    assert.deepEqual([alone.server, alone.namespace], ['http://127.0.0.1:9', 'default'])
  })

  it('says what to do when there is no configuration, or an incomplete one', async () => {
    const path = write('broken', kubeconfig('{}'))
    const cases: [Partial<ConnectOptions>, RegExp][] = [
      [{}, /Name a kubeconfig with --kubeconfig/],
      [{ kubeconfig: join(folder, 'nope') }, /reading the kubeconfig .*nope: ENOENT/],
      [{ kubeconfig: write('text', 'clusters: 7') }, /reading the kubeconfig .*text: /],
      [{ kubeconfig: write('yaml', 'a: [') }, /reading the kubeconfig .*yaml: /],
      [{ kubeconfig: path, context: 'typo' }, /"typo" .*There are: main, other, broken/],
      [{ kubeconfig: path, context: 'broken' }, /names the cluster "nowhere", which is missing/],
      [{ kubeconfig: path, cluster: 'typo' }, /the command line names the cluster "typo", which is missing/],
      [{ kubeconfig: path, user: 'typo' }, /the command line names the user "typo", which is missing/],
      [{ kubeconfig: write('empty', '') }, /Name one with --context/],
      [
        { kubeconfig: write('socks', kubeconfig('{}', 'server: "https://x", proxy-url: "socks5://p:1"')) },
        /only http and https proxies/,
      ],
    ]
    for (const [options, message] of cases) {
      await assert.rejects(connectTo(options), (error) => {
        assert.ok(error instanceof KubeconfigError)
        assert.match(error.message, message)
        return true
      })
    }
  })

  it('serves the transport: a call over TLS with the authority of a kubeconfig', async () => {
    const certificate = makeCertificate('api')
    const server = await MisbehavingServer.start(json(200, { kind: 'PodList' }), certificate)
    write('api-ca.pem', certificate.cert)
    const cluster = `server: "${server.url}", certificate-authority: api-ca.pem`
    const clock = new ManualClock()
    const connection = await connectTo({ kubeconfig: write('tls', kubeconfig('{token: abc}', cluster)) }, clock)
    const transport = new HttpTransport({ connection, clock, userAgent: 'test' })
    assert.deepEqual(await transport.request({ method: 'GET', path: '/api/v1/pods' }), { kind: 'PodList' })
    assert.equal(server.requests[0]?.headers.authorization, 'Bearer abc')
    transport.close()
    await server.stop()
  })

  it('reaches the server through the proxy of a kubeconfig', async () => {
    const proxy = await MisbehavingServer.start(json(200, { through: 'the proxy' }))
    const cluster = `server: "http://api.invalid:6443", proxy-url: "${proxy.url}"`
    const clock = new ManualClock()
    const connection = await connectTo({ kubeconfig: write('proxy', kubeconfig('{}', cluster)) }, clock)
    const transport = new HttpTransport({ connection, clock, userAgent: 'test' })
    assert.deepEqual(await transport.request({ method: 'GET', path: '/version' }), { through: 'the proxy' })
    assert.equal(proxy.requests[0]?.url, 'http://api.invalid:6443/version')
    transport.close()
    await proxy.stop()
  })
})

describe('the credential cache', () => {
  const credentials = (token: string): Credentials => ({ tls: {}, headers: { authorization: token } })

  it('shares one read among all who ask at the same time', async () => {
    let reads = 0
    const cache = new CredentialCache(new ManualClock(), async () => credentials(`t${++reads}`))
    await Promise.all([cache.get(false), cache.get(false), cache.get(false)])
    assert.equal(reads, 1)
    await Promise.all([cache.get(true), cache.get(true)])
    assert.equal(reads, 2)
    assert.equal((await cache.get(false)).headers.authorization, 't2')
  })

  it('reads again after a failure', async () => {
    let reads = 0
    const cache = new CredentialCache(new ManualClock(), async () => {
      if (++reads === 1) throw new Error('not yet')
      return credentials('t')
    })
    await assert.rejects(cache.get(false), /not yet/)
    assert.equal((await cache.get(false)).headers.authorization, 't')
  })

  it('tells apart whatever makes a connection another one', () => {
    const prints = [
      {},
      { ca: 'x' },
      { cert: 'x' },
      { key: 'x' },
      { servername: 'x' },
      { rejectUnauthorized: false },
      { ca: 'xy' },
      { ca: 'x', cert: 'y' },
    ].map(tlsFingerprint)
    assert.equal(new Set(prints).size, prints.length)
    assert.equal(tlsFingerprint({ ca: Buffer.from('x') }), tlsFingerprint({ ca: 'x' }))
  })
})

describe('a kubeconfig that came over the network', () => {
  const connectThere = (content: string) => connectForeign(content, { env: {}, clock: new ManualClock() })

  it('leads to its current cluster with what it holds itself', async () => {
    const connection = await connectThere(kubeconfig('{token: abc}'))
    assert.equal(connection.server, 'https://api.example:6443')
    const { headers } = await connection.authenticate(false)
    assert.equal(headers.authorization, 'Bearer abc')
  })

  for (const [user, key] of [
    ['{exec: {apiVersion: client.authentication.k8s.io/v1, command: sh}}', 'exec'],
    ['{tokenFile: /etc/passwd}', 'tokenFile'],
    ['{client-certificate: a.crt, client-key: a.key}', 'client-certificate'],
    ['{auth-provider: {name: oidc}}', 'auth-provider'],
  ] as const) {
    it(`is refused when it points to the machine that reads it: ${key}`, async () => {
      await assert.rejects(connectThere(kubeconfig(user)), (error: unknown) => {
        assert.ok(error instanceof KubeconfigError)
        assert.match(error.message, new RegExp(`it may not have "${key}"`))
        return true
      })
    })
  }

  it('is refused with files of the machine for its certificates', async () => {
    const content = kubeconfig('{token: abc}', 'server: https://api.example, certificate-authority: /ca.crt')
    await assert.rejects(connectThere(content), /it may not have "certificate-authority"/)
  })

  it('is refused without a current context, and without telling what is in it', async () => {
    await assert.rejects(connectThere('clusters: []'), /it has no current-context/)
    await assert.rejects(connectThere('token: {hunter2'), (error: unknown) => {
      assert.ok(error instanceof Error)
      assert.equal(error.message, 'reading the kubeconfig: it is no YAML')
      return true
    })
  })
})
