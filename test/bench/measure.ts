import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { controllerUser } from '../../src/sandbox/operator-port.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { applyObjects, carryOut } from '../../src/sandbox/scenario/actions.ts'
import { resourceOf } from '../../src/sandbox/world/server-cluster.ts'
import { anAnalysisTemplate } from '../builders/objects.ts'
import { newCluster, settledCluster, startController, untilHealthy, web } from './settled-cluster.ts'

/** One figure, with what it is. */
export interface Figure {
  readonly what: string
  readonly value: string
}

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** API requests of the controllers since the counts were reset. */
export const requestsOf = (sandbox: Sandbox): readonly Figure[] =>
  sandbox.server.requests
    .list(controllerUser)
    .toSorted((left, right) => left.verb.localeCompare(right.verb) || left.resource.localeCompare(right.resource))
    .map(({ verb, resource, count }) => ({ what: `${verb} ${resource}`, value: String(count) }))

/** API requests of one canary release, from the patch of the image until it is healthy, by verb and resource. */
export const requestsOfOneCanary = async (): Promise<readonly Figure[]> => {
  const { sandbox, controller } = newCluster()
  sandbox.addMetricRules([{ metric: 'success-rate', cases: [{ values: [1] }] }])
  const metric = {
    name: 'success-rate',
    interval: '10s',
    successCondition: 'result[0] >= 0.95',
    provider: { prometheus: { address: 'http://prometheus.example', query: 'up' } },
  }
  const { steps } = web.build().spec.strategy?.canary ?? {}
  const analysed = web.withCanary({
    ...(steps === undefined ? {} : { steps }),
    analysis: { templates: [{ templateName: 'success-rate' }] },
  })
  const objects = [anAnalysisTemplate('success-rate', metric), analysed.build()]
  applyObjects(sandbox, JSON.parse(JSON.stringify(objects)), 'default')
  await startController(sandbox, controller)
  await untilHealthy(sandbox, 1)
  await sandbox.clock.run({ forMs: 60_000 })
  sandbox.server.requests.reset()
  carryOut(sandbox, { setImage: { rollout: 'web', image: 'web:2' } }, 'default')
  await untilHealthy(sandbox, 2)
  return requestsOf(sandbox)
}

const dayMs = 86_400_000

/** API requests that settled Rollouts cause in a day. */
export const requestsOfADay = async (rollouts: number): Promise<readonly Figure[]> => {
  const { sandbox, controller } = await settledCluster(rollouts)
  await startController(sandbox, controller)
  await sandbox.clock.run({ forMs: 60_000 })
  sandbox.server.requests.reset()
  await sandbox.clock.run({ forMs: dayMs })
  return requestsOf(sandbox)
}

const heapBytes = (): number => {
  collectGarbage()
  collectGarbage()
  return process.memoryUsage().heapUsed
}

/** Heap that the controllers hold for each settled Rollout with its ReplicaSet. */
export const heapPerRollout = async (rollouts: number): Promise<Figure> => {
  const { sandbox, controller } = await settledCluster(rollouts)
  const before = heapBytes()
  await startController(sandbox, controller)
  await sandbox.clock.run({ forMs: 60_000 })
  const bytes = (heapBytes() - before) / rollouts
  controller.crash()
  return { what: `heap for each of ${rollouts} Rollouts`, value: `${Math.round(bytes)} B` }
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** CPU time of a reconcile that changes nothing, with the delivery of the change that caused it. */
export const cpuOfANoOp = async (rollouts: number): Promise<Figure> => {
  const { sandbox, controller } = await settledCluster(rollouts)
  await startController(sandbox, controller)
  await sandbox.clock.run({ forMs: 60_000 })
  const rounds = 5
  let spent = 0
  for (let round = 0; round < rounds; round += 1) {
    for (let index = 0; index < rollouts; index += 1) {
      sandbox.server.objects.update(resourceOf.Rollout, `team-${index}`, 'web', (draft) => {
        draft.metadata.labels = { ...draft.metadata.labels, round: String(round) }
      })
    }
    const before = cpuMs()
    await sandbox.clock.run({ forMs: 1500 })
    spent += cpuMs() - before
  }
  return {
    what: `CPU of a no-op reconcile (${rollouts * rounds})`,
    value: `${(spent / rollouts / rounds).toFixed(3)} ms`,
  }
}
