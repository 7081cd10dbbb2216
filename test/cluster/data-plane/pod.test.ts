import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { type ContainerReport, type PodReport, podStatus } from './pod.ts'

const container: ContainerReport = {
  name: 'shop',
  image: 'shop:1.0',
  ready: true,
  restarts: 0,
  state: { phase: 'running', startedAt: '2026-01-01T00:00:01Z' },
}

const pod: PodReport = {
  address: '10.199.0.2',
  nodeAddress: '10.199.0.1',
  startedAt: '2026-01-01T00:00:00Z',
  readySince: '2026-01-01T00:00:02Z',
  containers: [container],
}

describe('the status of a pod', () => {
  it('has its address and says that it is ready', () => {
    assert.partialDeepStrictEqual(podStatus(pod), {
      podIP: '10.199.0.2',
      podIPs: [{ ip: '10.199.0.2' }],
      conditions: [
        { type: 'Initialized' },
        { type: 'ContainersReady', status: 'True' },
        { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:02Z' },
      ],
      containerStatuses: [{ ready: true, started: true, state: { running: { startedAt: '2026-01-01T00:00:01Z' } } }],
    })
  })

  it('is not ready when one of its containers is not', () => {
    const status = podStatus({ ...pod, containers: [container, { ...container, name: 'other', ready: false }] })
    assert.partialDeepStrictEqual(status, {
      conditions: [{}, {}, { type: 'Ready', status: 'False', reason: 'ContainersNotReady' }],
    })
  })

  it('shows how a container ended that is to be started again', () => {
    const lastExit = { code: 137, startedAt: '2026-01-01T00:00:01Z', finishedAt: '2026-01-01T00:00:09Z' }
    const dead: ContainerReport = { ...container, ready: false, restarts: 1, state: { phase: 'backing-off', lastExit } }
    assert.partialDeepStrictEqual(podStatus({ ...pod, containers: [dead] }), {
      containerStatuses: [
        {
          restartCount: 1,
          started: false,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 137, reason: 'Error' } },
        },
      ],
    })
  })
})
