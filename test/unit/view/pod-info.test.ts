import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ContainerStatus, Pod, PodStatus } from '../../../src/api/kubernetes/pod.ts'
import { podInfo } from '../../../src/view/pod-info.ts'
import { runningStatus, storedPod, viewedAt } from '../../builders/view-objects.ts'

const container = (state: ContainerStatus['state'], ready = false): ContainerStatus => ({
  name: 'main',
  ready,
  restartCount: 0,
  ...(state && { state }),
})

const withStatus = (status: PodStatus, members: Partial<Pod['metadata']> = {}): Pod => {
  const pod = storedPod('aaa', 'p', 10, status)
  const initContainers = [{ name: 'one' }, { name: 'two' }]
  return { ...pod, metadata: { ...pod.metadata, ...members }, spec: { ...pod.spec, initContainers } }
}

describe('the status of a pod is what kubectl shows', () => {
  const ended = container({ terminated: { exitCode: 0, reason: 'Completed' } })
  const cases: readonly (readonly [string, Pod])[] = [
    ['Running', withStatus(runningStatus)],
    ['Terminating', withStatus(runningStatus, { deletionTimestamp: '2026-01-01T00:59:00Z' })],
    ['Unknown', withStatus({ reason: 'NodeLost' }, { deletionTimestamp: '2026-01-01T00:59:00Z' })],
    ['Pending', withStatus({ phase: 'Pending' })],
    ['Evicted', withStatus({ phase: 'Failed', reason: 'Evicted' })],
    [
      'ImagePullBackOff',
      withStatus({ phase: 'Pending', containerStatuses: [container({ waiting: { reason: 'ImagePullBackOff' } })] }),
    ],
    ['ExitCode:3', withStatus({ phase: 'Running', containerStatuses: [container({ terminated: { exitCode: 3 } })] })],
    [
      'Init:0/2',
      withStatus({ phase: 'Pending', initContainerStatuses: [container({ waiting: { reason: 'PodInitializing' } })] }),
    ],
    [
      'Init:1/2',
      withStatus({
        phase: 'Pending',
        initContainerStatuses: [ended, container({ waiting: { reason: 'PodInitializing' } })],
      }),
    ],
    [
      'Init:CrashLoopBackOff',
      withStatus({ phase: 'Pending', initContainerStatuses: [container({ waiting: { reason: 'CrashLoopBackOff' } })] }),
    ],
    ['Running', withStatus({ phase: 'Running', containerStatuses: [ended, container({ running: {} }, true)] })],
  ]
  for (const [status, pod] of cases) {
    it(status, () => assert.equal(podInfo(pod, viewedAt).status, status))
  }
})

describe('the restarts of a pod', () => {
  const restarted = (restartCount: number, state: ContainerStatus['state']): ContainerStatus => ({
    ...container(state),
    restartCount,
  })
  const done = { terminated: { exitCode: 0 } }
  const waits = { waiting: { reason: 'PodInitializing' } }
  const restartsOf = (...initContainerStatuses: ContainerStatus[]): number =>
    podInfo(withStatus({ initContainerStatuses, containerStatuses: [restarted(7, waits)] }), viewedAt).restarts

  it('are those up to the init container that it waits for', () => {
    assert.equal(restartsOf(restarted(1, done), restarted(2, waits), restarted(4, waits)), 3)
  })

  it('are those of its containers once it has begun', () => {
    assert.equal(restartsOf(restarted(1, done), restarted(2, done)), 7)
  })
})

describe('a sidecar', () => {
  const statusWith = (state: ContainerStatus['state'], ready: boolean): string => {
    const pod = withStatus({
      phase: 'Running',
      initContainerStatuses: [{ ...container(state, ready), started: true }],
      containerStatuses: [container({ running: {} }, true)],
    })
    const initContainers = [{ name: 'main', restartPolicy: 'Always' }]
    return podInfo({ ...pod, spec: { ...pod.spec, initContainers } }, viewedAt).status
  }

  it('holds no pod up while it runs', () => {
    assert.equal(statusWith({ running: {} }, true), 'Running')
    assert.equal(statusWith({ running: {} }, false), 'Running')
  })

  it('is told of once it has failed', () => {
    assert.equal(statusWith({ terminated: { exitCode: 1, reason: 'Error' } }, false), 'Init:Error')
  })
})
