import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import { type CommandResult, runCommand } from '../harness/kubectl.ts'
import { installPlugin } from '../harness/plugin.ts'
import { eventually } from '../harness/wait.ts'
import { type ChartPlane, startChartPlane } from './chart-plane.ts'
import { chartFolder } from './helm.ts'
import { type InstalledController, startInstalledController } from './installed-controller.ts'
import { newField, olderChart } from './older-chart.ts'

const manifest = join(import.meta.dirname, '..', 'manifests', 'installed.yaml')
const rolloutPath = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/shop'
const rolloutCrd = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/rollouts.argoproj.io'

const rolloutSchema = z.object({
  metadata: z.object({ uid: z.string() }),
  status: z
    .object({
      phase: z.string().optional(),
      message: z.string().optional(),
      stableRS: z.string().optional(),
      currentPodHash: z.string().optional(),
    })
    .default({}),
})

const crdSchema = z.object({
  spec: z.object({
    versions: z.tuple([
      z.object({
        schema: z.object({
          openAPIV3Schema: z.object({
            properties: z.object({ spec: z.object({ properties: z.record(z.string(), z.unknown()) }) }),
          }),
        }),
      }),
    ]),
  }),
})

const runScript = (script: string): Promise<CommandResult> =>
  runCommand(process.execPath, ['--input-type=module', '--eval', script])

/** Tests in the order of a release's life: each begins where the one before ended. */
describe('the life of an installation', () => {
  const namespace = ['--namespace', 'crossfade']
  let cluster: ChartPlane
  let controller: InstalledController

  before(async () => {
    cluster = await startChartPlane()
  })
  after(() => cluster.stop())

  const fieldsOfRollouts = async (): Promise<readonly string[]> => {
    const [version] = (await cluster.plane.api.get(rolloutCrd, crdSchema)).spec.versions
    return Object.keys(version.schema.openAPIV3Schema.properties.spec.properties)
  }

  const restartController = async (): Promise<void> => {
    await controller.expectNothingForbidden()
    await controller.stop()
    controller = await startInstalledController(cluster.plane, 'crossfade')
  }

  const untilHealthy = (): Promise<string> =>
    eventually(
      'the Rollout is Healthy with its new version',
      async () => {
        const { status, metadata } = await cluster.plane.api.get(rolloutPath, rolloutSchema)
        const ended = status.phase === 'Healthy' && status.stableRS === status.currentPodHash
        return ended ? { found: metadata.uid } : { missing: JSON.stringify(status) }
      },
      { timeout: 60_000 },
    )

  /** Releases a new version, to its end: by an Ingress, an Experiment, and a Job with a value out of a Secret. */
  const release = async (tag: string): Promise<string> => {
    const template = { spec: { containers: [{ name: 'shop', image: `shop:${tag}` }] } }
    await cluster.plane.api.patch(rolloutPath, { spec: { template } })
    await eventually('the release has begun', async () => {
      const { status } = await cluster.plane.api.get(rolloutPath, rolloutSchema)
      return status.stableRS === status.currentPodHash ? { missing: JSON.stringify(status) } : { found: true }
    })
    return untilHealthy()
  }

  it('begins with helm install, which waits until the pods are ready', async () => {
    const chart = await olderChart(cluster.plane.directory)
    const notes = await cluster.helm.run(
      ...['install', 'crossfade', chart, ...namespace, '--create-namespace', '--wait', '--timeout', '60s'],
    )
    assert.match(notes, /kubectl crossfade get rollout <name> --watch/)
    await cluster.kubectl('wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all')
    assert.ok(!(await fieldsOfRollouts()).includes(newField))
    controller = await startInstalledController(cluster.plane, 'crossfade')
    await cluster.kubectl('create', 'namespace', 'shop')
    await cluster.kubectl('apply', '--namespace', 'shop', '-f', manifest)
    await untilHealthy()
    await release('1.1')
  })

  it('helm test asks a controller that runs whether it is ready', async () => {
    const hooks = await cluster.helm.run('get', 'hooks', 'crossfade', ...namespace)
    const [, script = ''] = /--eval\n\s+- \|\n([\s\S]*?)\n\s+securityContext/.exec(hooks) ?? []
    assert.match(script, /http:\/\/crossfade-metrics:8080\/readyz/)
    const { stdout, code } = await runScript(script.replace('http://crossfade-metrics:8080', controller.healthUrl))
    assert.deepEqual([code, stdout.trim()], [0, '200 ok'])
    const { code: refused } = await runScript(script.replace('crossfade-metrics:8080/readyz', '127.0.0.1:9/readyz'))
    assert.notEqual(refused, 0)
  })

  it('doctor finds everything in order, with the rights that the chart gives', async () => {
    const plugin = await installPlugin(cluster.plane)
    const { code, stdout, stderr } = await plugin('doctor', '--namespace', 'shop')
    assert.equal(code, 0, `${stdout}${stderr}`)
    assert.match(stdout, /✔ controller crossfade in namespace crossfade has \d+ available pods?\n/)
    assert.match(
      stdout,
      /✔ system:serviceaccount:crossfade:crossfade may do in namespace shop all that the controller does/,
    )
  })

  it('helm upgrade brings new fields into the CRDs, other flags and other replicas, and no Rollout is touched', async () => {
    const before = await untilHealthy()
    await cluster.helm.run(
      ...['upgrade', 'crossfade', chartFolder, ...namespace, '--wait', '--timeout', '60s'],
      ...['--set', 'replicas=3', '--set', 'flags.loglevel=debug', '--set', 'routers.istio=false'],
    )
    assert.ok((await fieldsOfRollouts()).includes(newField))
    await restartController()
    assert.deepEqual(controller.flags, ['--loglevel=debug'])
    assert.equal(await untilHealthy(), before)
    await release('1.2')
  })

  it('helm rollback goes back to what was, and releases go on', async () => {
    await cluster.helm.run('rollback', 'crossfade', '1', ...namespace, '--wait', '--timeout', '60s')
    await restartController()
    assert.deepEqual(controller.flags, [])
    await release('1.3')
  })

  it('helm uninstall takes all but the CRDs, so every Rollout and its pods stay', async () => {
    const before = await untilHealthy()
    await controller.expectNothingForbidden()
    await controller.stop()
    const said = await cluster.helm.run('uninstall', 'crossfade', ...namespace, '--wait', '--timeout', '60s')
    assert.match(said, /rollouts\.argoproj\.io/)
    const left = await cluster.kubectl(
      ...['get', 'deployments,services,roles,rolebindings,poddisruptionbudgets', ...namespace, '-o', 'name'],
    )
    assert.equal(left, '')
    const everywhere = await cluster.kubectl('get', 'clusterroles,clusterrolebindings', '-o', 'name')
    assert.doesNotMatch(everywhere, /crossfade/)
    assert.equal(await untilHealthy(), before)
    const pods = await cluster.kubectl('get', 'pods', '--namespace', 'shop', '-l', 'app=shop', '-o', 'name')
    assert.ok(pods.includes('pod/shop-'), pods)
  })

  it('a second helm install takes the kept CRDs, and goes on with the Rollouts', async () => {
    await cluster.helm.run('install', 'crossfade', chartFolder, ...namespace, '--wait', '--timeout', '60s')
    controller = await startInstalledController(cluster.plane, 'crossfade')
    await release('1.4')
    await controller.expectNothingForbidden()
    await controller.stop()
    await cluster.helm.run('uninstall', 'crossfade', ...namespace, '--wait', '--timeout', '60s')
  })

  it('an installation for one namespace does with a Role what it does, and is refused nothing', async () => {
    const inShop = ['--namespace', 'shop']
    await cluster.helm.run(
      ...['install', 'crossfade', chartFolder, ...inShop, '--wait', '--timeout', '60s'],
      ...['--set', 'namespaced=true', '--set', 'crds.install=false', '--set', 'rbac.aggregate=false'],
    )
    const ours = await cluster.kubectl('get', 'clusterroles,clusterrolebindings', '-o', 'name')
    assert.doesNotMatch(ours, /crossfade/)
    controller = await startInstalledController(cluster.plane, 'shop')
    assert.deepEqual(controller.flags, ['--namespaced'])
    await release('1.5')
    await controller.expectNothingForbidden()
    await controller.stop()
  })
})
