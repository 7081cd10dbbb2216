import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { systemClock } from '../../../src/lib/clock.ts'
import { ApiServer } from '../../../src/sandbox/api-server/api-server.ts'
import { productCrds } from '../../../src/sandbox/crds.ts'
import { type Front, serveSandbox } from '../../../src/sandbox/http/front.ts'
import { kubeconfigFor } from '../../../src/sandbox/http/kubeconfig.ts'
import { seededRandom } from '../../../src/sandbox/random.ts'
import { ensureBinaries } from '../../cluster/harness/binaries.ts'
import { type CommandResult, runCommand } from '../../cluster/harness/kubectl.ts'
import { widgetCrd } from '../objects.ts'

const deployment = (image: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: "${image}", ports: [{containerPort: 80}]}]}
`

const rollout = (extra = ''): string => `
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: "app:1"}]}
  strategy: {canary: {steps: [{setWeight: 20}, {pause: {}}]}}
${extra}`

/** kubectl against a sandbox that listens. */
class Kubectl {
  #folder = ''
  #binary = ''
  #front: Front | undefined

  async start(): Promise<void> {
    this.#binary = (await ensureBinaries(() => undefined)).kubectl
    this.#folder = await mkdtemp(join(tmpdir(), 'crossfade-kubectl-'))
    const crds = [...productCrds(), widgetCrd]
    const server = new ApiServer({ clock: systemClock, random: seededRandom(1), crds })
    this.#front = await serveSandbox({ server, token: 'secret-of-the-test' })
    await writeFile(join(this.#folder, 'kubeconfig'), kubeconfigFor(this.#front))
  }

  async stop(): Promise<void> {
    await this.#front?.close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  get address(): Front {
    if (this.#front === undefined) throw new Error('the sandbox listens once the suite has started')
    return this.#front
  }

  try(args: readonly string[], input = '', env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
    return runCommand(this.#binary, args, {
      input,
      timeout: 20_000,
      env: { KUBECONFIG: join(this.#folder, 'kubeconfig'), KUBECACHEDIR: join(this.#folder, 'cache'), ...env },
    })
  }

  async run(args: readonly string[], input = '', env: Readonly<Record<string, string>> = {}): Promise<string> {
    const { code, stdout, stderr } = await this.try(args, input, env)
    assert.equal(code, 0, `kubectl ${args.join(' ')}: ${stderr}`)
    return stdout
  }

  async refuse(args: readonly string[], input = ''): Promise<string> {
    const { code, stderr } = await this.try(args, input)
    assert.notEqual(code, 0, `kubectl ${args.join(' ')} succeeds`)
    return stderr
  }
}

describe('kubectl on the sandbox', () => {
  const kubectl = new Kubectl()
  before(() => kubectl.start())
  after(() => kubectl.stop())

  it('lists the kinds, with short names', async () => {
    const lines = (await kubectl.run(['api-resources'])).split('\n').map((line) => line.split(/\s+/))
    assert.deepEqual(
      lines.find(([name]) => name === 'rollouts'),
      ['rollouts', 'ro', 'argoproj.io/v1alpha1', 'true', 'Rollout', ''].filter((cell) => cell !== ''),
    )
  })

  it('explains a field of ours in our words', async () => {
    const text = await kubectl.run(['explain', 'rollout.spec.strategy.canary.steps'])
    assert.match(text, /FIELD: steps <\[\]/)
    assert.match(text, /setWeight\s+<integer>/)
    assert.doesNotMatch(text, /<empty>/)
  })

  it('applies, sees no difference, and applies a change', async () => {
    assert.match(await kubectl.run(['apply', '-f', '-'], deployment('app:1')), /deployment\.apps\/web created/)
    assert.match(await kubectl.run(['apply', '-f', '-'], deployment('app:1')), /unchanged/)
    assert.match(await kubectl.run(['apply', '-f', '-'], deployment('app:2')), /configured/)
    assert.equal(await kubectl.run(['get', 'deploy', 'web', '-o', 'jsonpath={..image}']), 'app:2')
  })

  it('prints the columns of built-in and custom kinds', async () => {
    await kubectl.run(['apply', '-f', '-'], rollout())
    const rollouts = (await kubectl.run(['get', 'rollouts'])).split('\n')
    assert.match(rollouts[0] ?? '', /^NAME +DESIRED +CURRENT +UP-TO-DATE +AVAILABLE +AGE$/)
    assert.match(rollouts[1] ?? '', /^web +3 +\d+s$/)
    assert.match(
      await kubectl.run(['get', 'deploy', 'web']),
      /NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +0\/2 +0 +0 +\d+s/,
    )
  })

  it('refuses unknown fields of a manifest, client-side and server-side', async () => {
    const typo = rollout('  replicaz: 3\n')
    assert.match(await kubectl.refuse(['apply', '-f', '-'], typo), /unknown field "spec\.replicaz"/)
    const serverSide = await kubectl.refuse(['apply', '--server-side', '-f', '-'], typo)
    assert.match(serverSide, /\.spec\.replicaz: field not declared in schema/)
    const container = rollout().replace('image:', 'imagee:')
    assert.match(await kubectl.refuse(['create', '-f', '-'], container.replace('name: web', 'name: typo')), /imagee/)
  })

  it('applies server-side and tells conflicts apart from success', async () => {
    const one = ['apply', '--server-side', '--field-manager', 'one', '-f', '-']
    const two = ['apply', '--server-side', '--field-manager', 'two', '-f', '-']
    const manifest = (template: string): string =>
      `{"apiVersion":"contract.example.com/v1","kind":"Widget","metadata":{"name":"ssa"},"spec":{"template":"${template}"}}`
    assert.match(await kubectl.run(one, manifest('abc')), /serverside-applied/)
    const refusal = await kubectl.refuse(two, manifest('xyz'))
    assert.match(refusal, /Apply failed with 1 conflict: conflict with "one": \.spec\.template/)
    assert.match(await kubectl.run([...two, '--force-conflicts'], manifest('xyz')), /serverside-applied/)
  })

  it('creates built-in kinds from arguments, which kubectl sends as protobuf', async () => {
    assert.match(await kubectl.run(['create', 'namespace', 'made']), /namespace\/made created/)
    const made = ['create', 'deployment', 'made', '-n', 'made', '--image=app:1', '--replicas=0', '--port=80']
    assert.match(await kubectl.run(made), /deployment\.apps\/made created/)
    const path = 'jsonpath={.spec.replicas} {.spec.selector.matchLabels.app} {..containerPort}'
    assert.equal(await kubectl.run(['get', 'deploy', 'made', '-n', 'made', '-o', path]), '0 made 80')
    await kubectl.run(['create', 'configmap', 'made', '-n', 'made', '--from-literal=a=b'])
    await kubectl.run(['delete', 'namespace', 'made'])
    assert.match(await kubectl.refuse(['get', 'namespace', 'made']), /not found/)
  })

  it('scales built-in and custom kinds', async () => {
    assert.match(await kubectl.run(['scale', 'rollout/web', '--replicas=5']), /rollout\.argoproj\.io\/web scaled/)
    assert.equal(await kubectl.run(['get', 'rollout', 'web', '-o', 'jsonpath={.spec.replicas}']), '5')
    assert.match(await kubectl.run(['scale', 'deploy/web', '--replicas=1']), /scaled/)
  })

  it('sets an image, labels, annotates and patches', async () => {
    assert.match(await kubectl.run(['set', 'image', 'deploy/web', 'app=app:3']), /image updated/)
    assert.match(await kubectl.run(['label', 'rollout', 'web', 'team=a']), /labeled/)
    assert.match(await kubectl.run(['annotate', 'rollout', 'web', 'note=b']), /annotated/)
    const patch = ['patch', 'rollout', 'web', '--type', 'merge', '-p', '{"spec":{"paused":true}}']
    assert.match(await kubectl.run(patch), /patched/)
    const path = 'jsonpath={.metadata.labels.team} {.metadata.annotations.note} {.spec.paused}'
    assert.equal(await kubectl.run(['get', 'rollout', 'web', '-o', path]), 'a b true')
  })

  it('edits with an editor', async () => {
    const editor = { KUBE_EDITOR: 'sed -i "s/replicas: 5/replicas: 6/"' }
    assert.match(await kubectl.run(['edit', 'rollout', 'web'], '', editor), /rollout\.argoproj\.io\/web edited/)
    assert.equal(await kubectl.run(['get', 'rollout', 'web', '-o', 'jsonpath={.spec.replicas}']), '6')
  })

  it('describes a custom resource with its events', async () => {
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'web.1', namespace: 'default' },
      involvedObject: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', namespace: 'default' },
      reason: 'RolloutPaused',
      message: 'Rollout is paused',
      type: 'Normal',
    }
    await kubectl.run(['create', '-f', '-'], JSON.stringify(event))
    const text = await kubectl.run(['describe', 'rollout', 'web'])
    assert.match(text, /Kind: +Rollout/)
    assert.match(text, /Set Weight: +20/)
  })

  it('waits for a condition and gives up in time', async () => {
    const patch = [
      'patch',
      'rollout',
      'web',
      '--subresource=status',
      '--type',
      'merge',
      '-p',
      '{"status":{"phase":"Healthy"}}',
    ]
    await kubectl.run(patch)
    const wait = ['wait', 'rollout/web', '--for=jsonpath={.status.phase}=Healthy', '--timeout=5s']
    assert.match(await kubectl.run(wait), /condition met/)
    const never = ['wait', 'rollout/web', '--for=condition=Never', '--timeout=1s']
    assert.match(await kubectl.refuse(never), /timed out waiting/)
  })

  it('watches', async () => {
    const watching = kubectl.try(['get', 'rollouts', '-w', '--request-timeout=3s'])
    await systemClock.sleep(1000)
    await kubectl.run(['patch', 'rollout', 'web', '--type', 'merge', '-p', '{"spec":{"replicas":9}}'])
    const { stdout } = await watching
    assert.match(stdout, /^web +9 /m)
  })

  it('deletes with each way to treat dependents, and says what is not there', async () => {
    assert.match(await kubectl.run(['delete', 'rollout', 'web']), /rollout\.argoproj\.io "web" deleted/)
    assert.match(await kubectl.refuse(['get', 'rollout', 'web']), /rollouts\.argoproj\.io "web" not found/)
    const foreground = ['delete', 'deploy', 'web', '--cascade=foreground', '--wait=false']
    assert.match(await kubectl.run(foreground), /deployment\.apps "web" deleted/)
    assert.match(await kubectl.refuse(['get', 'nothing']), /the server doesn't have a resource type "nothing"/)
  })

  it('says plainly that there are no logs', async () => {
    await kubectl.run(['run', 'lonely', '--image=app:1', '--restart=Never'])
    assert.match(await kubectl.refuse(['logs', 'lonely']), /the sandbox simulates pods: there are no logs/)
  })

  it('lets nobody in without the token', async () => {
    const { url } = kubectl.address
    assert.equal((await fetch(`${url}/api/v1/namespaces`)).status, 401)
    assert.equal((await fetch(`${url}/wrong/api/v1/namespaces`)).status, 401)
    assert.equal((await fetch(`${url}/healthz`)).status, 200)
  })
})
