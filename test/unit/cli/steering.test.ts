import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { KubeError } from '../../../src/kube/errors.ts'
import type { Transport } from '../../../src/kube/transport.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { CliSession, type Outcome } from '../../builders/cli-session.ts'
import { ClusterWithRollout } from '../../builders/cluster-with-rollout.ts'
import { aRollout } from '../../builders/rollout-builder.ts'

let cluster: ClusterWithRollout

const setUp = (): void => {
  cluster = new ClusterWithRollout()
}

const session = (transport: Transport = cluster.transport): CliSession =>
  new CliSession({ transport, clock: cluster.sandbox.clock })

/** Runs a command and answers its outcome and the bodies of its writes, those of the status marked. */
const writesOf = async (...argv: string[]): Promise<Outcome & { writes: readonly unknown[] }> => {
  const one = session()
  const outcome = await one.run(...argv)
  const writes = one.writes.map(({ path, body }) => (path.endsWith('/status') ? { onStatus: body } : body))
  return { ...outcome, writes }
}

const refusedWith = (outcome: Outcome, sentence: RegExp): void => {
  assert.equal(outcome.code, 1)
  assert.equal(outcome.stdout, '')
  assert.match(outcome.stderr, sentence)
}

describe('commands that steer a release', () => {
  beforeEach(setUp)

  const waiting = { pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-01T00:00:00Z' }] }
  const cases: readonly (readonly [string, string, readonly unknown[]])[] = [
    ['abort web', "rollout 'web' aborted", [{ onStatus: { status: { abort: true } } }]],
    ['retry rollout web', "rollout 'web' retried", [{ onStatus: { status: { abort: false } } }]],
    ['retry ro web', "rollout 'web' retried", [{ onStatus: { status: { abort: false } } }]],
    ['pause web', "rollout 'web' paused", [{ spec: { paused: true } }]],
    ['promote web', "rollout 'web' promoted", [{ onStatus: { status: { pauseConditions: null } } }]],
    ['promote web --full', "rollout 'web' fully promoted", [{ onStatus: { status: { promoteFull: true } } }]],
    ['restart web', "rollout 'web' restarts in 0s", [{ spec: { restartAt: '2026-01-01T00:00:00Z' } }]],
    ['restart web --in=', "rollout 'web' restarts in 0s", [{ spec: { restartAt: '2026-01-01T00:00:00Z' } }]],
    ['restart web --in 1h', "rollout 'web' restarts in 1h", [{ spec: { restartAt: '2026-01-01T01:00:00Z' } }]],
  ]
  for (const [line, sentence, writes] of cases) {
    it(line, async () => {
      cluster.setStatus({ ...waiting, currentStepIndex: 1, currentPodHash: 'b', stableRS: 'a' })
      const outcome = await writesOf(...line.split(' '))
      assert.deepEqual(outcome, { code: 0, stdout: `${sentence}\n`, stderr: '', writes })
    })
  }

  for (const [flag, instead, currentStepIndex] of [
    ['--skip-current-step', 'use without the flag instead ex: promote ROLLOUT_NAME', 2],
    ['--skip-all-steps', 'use --full instead', 3],
  ] as const) {
    it(`take the deprecated ${flag}, and say what to use instead`, async () => {
      cluster.setStatus({ ...waiting, currentStepIndex: 1 })
      assert.deepEqual(await writesOf('promote', 'web', flag), {
        code: 0,
        stdout: "rollout 'web' promoted\n",
        stderr: `Flag ${flag} has been deprecated, ${instead}\n`,
        writes: [{ onStatus: { status: { currentStepIndex } } }],
      })
    })
  }

  it('end a pause by hand with a full promotion', async () => {
    cluster.setStatus({ currentStepIndex: 1, currentPodHash: 'b', stableRS: 'a' })
    await session().run('pause', 'web')
    const { writes, stderr } = await writesOf('promote', 'web', '--full')
    assert.deepEqual(writes, [{ onStatus: { status: { promoteFull: true } } }, { spec: { paused: false } }])
    assert.equal(stderr, '')
  })

  it('say what else to do when skipping steps leaves a pause by hand in force', async () => {
    cluster.setStatus({ currentStepIndex: 1, currentPodHash: 'b', stableRS: 'a' })
    await session().run('pause', 'web')
    const { stdout, stderr } = await writesOf('promote', 'web', '--skip-all-steps')
    assert.equal(stdout, "rollout 'web' promoted\n")
    assert.match(stderr, /paused by hand \(spec\.paused\) and waits until it is promoted without flags/)
    const plain = await writesOf('promote', 'web')
    assert.deepEqual(plain.writes.at(-1), { spec: { paused: false } })
    assert.equal(plain.stderr, '')
  })

  it('write to the Rollout itself where there is no status subresource', async () => {
    const paths: string[] = []
    const transport: Transport = {
      watch: (request) => cluster.transport.watch(request),
      request: async (request) => {
        paths.push(request.path)
        if (request.path.endsWith('/status')) throw new KubeError({ code: 404, reason: 'NotFound' }, request)
        return cluster.transport.request(request)
      },
    }
    const { code } = await session(transport).run('abort', 'web')
    assert.equal(code, 0)
    assert.deepEqual(
      paths.map((path) => path.split('/rollouts/')[1]),
      ['web/status', 'web'],
    )
  })

  it('name what does not exist, and tell people where to look', async () => {
    refusedWith(await session().run('abort', 'typo'), /^Error: rollouts\.argoproj\.io "typo" not found\n$/)
    const atTerminal = new CliSession({
      transport: cluster.transport,
      clock: cluster.sandbox.clock,
      terminal: { columns: 80, rows: 24 },
    })
    refusedWith(
      await atTerminal.run('abort', 'typo'),
      /not found\nSee which there are with 'kubectl crossfade list rollouts/,
    )
  })

  it('take several names, and stop at the first that does not exist', async () => {
    cluster.add(aRollout('shop'))
    const outcome = await session().run('pause', 'shop', 'typo', 'web')
    assert.deepEqual(outcome, {
      code: 1,
      stdout: "rollout 'shop' paused\n",
      stderr: 'Error: rollouts.argoproj.io "typo" not found\n',
    })
    assert.equal(cluster.rollout().spec.paused, undefined)
  })

  it('work in the namespace of -n', async () => {
    const one = session()
    refusedWith(await one.run('-n', 'elsewhere', 'pause', 'web'), /not found/)
    assert.equal(one.flags?.namespace, 'elsewhere')
  })
})

describe('promote refuses', () => {
  beforeEach(setUp)

  it('two ways to skip at once', async () => {
    const sentence = /^(Flag .*\n){2}Error: Cannot use skip-current-step and skip-all-steps flags at the same time\n/
    refusedWith(await session().run('promote', 'web', '-c', '-a'), sentence)
  })

  it('to skip steps where there are none', async () => {
    cluster.patch({ spec: { strategy: { canary: { steps: null } } } })
    refusedWith(
      await session().run('promote', 'web', '-a'),
      /^Flag --skip-all-steps has been deprecated, use --full instead\nError: Cannot skip steps of a rollout without steps\n/,
    )
  })

  it('to skip steps of a blue/green release', async () => {
    cluster.patch({ spec: { strategy: { canary: null, blueGreen: { activeService: 'web' } } } })
    const sentence = /^Flag .*\nError: Cannot skip steps of a bluegreen rollout\. Run without a flags\n/
    refusedWith(await session().run('promote', 'web', '--skip-current-step'), sentence)
  })
})

describe('set image', () => {
  beforeEach(setUp)

  const images = (): unknown => {
    const { spec } = cluster.rollout()
    return spec.template?.spec?.containers.map(({ image }) => image)
  }

  it('sets the image of the container that is named', async () => {
    const outcome = await session().run('set', 'image', 'web', 'main=web:2')
    assert.deepEqual(outcome, { code: 0, stdout: 'rollout "web" image updated\n', stderr: '' })
    assert.deepEqual(images(), ['web:2', 'sidecar:1'])
  })

  it('sets all images with *', async () => {
    await session().run('set', 'image', 'web', '*=all:2')
    assert.deepEqual(images(), ['all:2', 'all:2'])
  })

  it('tries again when the containers change in between', async () => {
    let raced = false
    const transport: Transport = {
      watch: (request) => cluster.transport.watch(request),
      request: async (request) => {
        if (request.method === 'PATCH' && !raced) {
          raced = true
          const containers = [
            { name: 'sidecar', image: 'sidecar:1' },
            { name: 'main', image: 'web:1' },
          ]
          cluster.patch({ spec: { template: { spec: { containers } } } })
        }
        return cluster.transport.request(request)
      },
    }
    assert.equal((await session(transport).run('set', 'image', 'web', 'main=web:2')).code, 0)
    assert.deepEqual(images(), ['sidecar:1', 'web:2'])
  })

  it('refuses a container that is not there, and words without an image', async () => {
    refusedWith(await session().run('set', 'image', 'web', 'typo=web:2'), /unable to find container named "typo"/)
    for (const words of ['web:2', 'main=', 'main=web:2=x']) {
      refusedWith(
        await session().run('set', 'image', 'web', words),
        /^Usage:\n.* set image ROLLOUT_NAME CONTAINER=IMAGE/,
      )
    }
  })
})

describe('undo', () => {
  beforeEach(setUp)

  const image = (): string | undefined => cluster.rollout().spec.template?.spec?.containers[0]?.image

  beforeEach(() => {
    cluster.addRevision(1, 'web:0')
    cluster.addRevision(2, 'web:older')
    cluster.addRevision(3, 'web:1')
  })

  it('asks for the template of the revision before the newest', async () => {
    const outcome = await session().run('undo', 'web')
    assert.deepEqual(outcome, { code: 0, stdout: "rollout 'web' undo\n", stderr: '' })
    assert.equal(image(), 'web:older')
  })

  it('asks for the template of the revision that is named, without what the controller added', async () => {
    assert.equal((await session().run('undo', 'web', '--to-revision=1')).code, 0)
    assert.equal(image(), 'web:0')
    const { template } = cluster.rollout().spec
    assert.deepEqual(template?.metadata, { labels: { app: 'web' } })
    assert.equal(template?.spec?.affinity, undefined)
  })

  it('does nothing when the template is that of the revision already', async () => {
    const { code, stdout, writes } = await writesOf('undo', 'web', '--to-revision', '3')
    const sentence = 'skipped rollback (current template already matches revision 3)\n'
    assert.deepEqual([code, stdout, writes], [0, sentence, []])
  })

  it('names the revision that was asked for when nothing is to be done', async () => {
    assert.equal((await session().run('undo', 'web')).code, 0)
    const { stdout } = await session().run('undo', 'web')
    assert.equal(stdout, 'skipped rollback (current template already matches revision 0)\n')
  })

  it('refuses a revision that is not there, and a number that is none', async () => {
    refusedWith(await session().run('undo', 'web', '--to-revision=9'), /unable to find specified revision 9 in history/)
    refusedWith(await session().run('undo', 'web', '--to-revision=x'), /invalid argument "x" for "--to-revision" flag/)
  })

  it('refuses where there was no revision before', async () => {
    cluster = new ClusterWithRollout()
    refusedWith(await session().run('undo', 'web'), /no revision found for rollout "web"/)
  })

  it('changes the workload that the Rollout refers to', async () => {
    const at = { group: 'apps', version: 'v1', plural: 'deployments' }
    const { selector, template } = cluster.rollout().spec
    const body: JsonObject = JSON.parse(
      JSON.stringify({ metadata: { name: 'deployed' }, spec: { selector, template } }),
    )
    cluster.sandbox.server.objects.create(at, body)
    cluster.patch({
      spec: { template: null, workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'deployed' } },
    })
    assert.equal((await session().run('undo', 'web')).code, 0)
    const deployed = cluster.sandbox.cluster.get('Deployment', { namespace: 'default', name: 'deployed' })
    assert.equal(deployed?.spec.template.spec?.containers[0]?.image, 'web:older')
  })
})
