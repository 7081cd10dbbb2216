import * as z from 'zod'
import { int32 } from '../../api/scalars.ts'
import { setHeaderRoute, setMirrorRoute } from '../../api/steps.ts'
import { envelope, message, rolloutObject } from './common.ts'
import type { Operation } from './operation.ts'

const destination = z.object({
  serviceName: z.string().describe('Service of the destination; empty where the Rollout names none.'),
  podTemplateHash: z.string().describe('Value of the label rollouts-pod-template-hash of its pods.'),
  weight: int32.describe('Its share, of maxWeight.'),
})

const intent = z
  .object({
    canary: destination,
    stable: destination,
    additional: z.array(destination).describe('Versions of an experiment that get a share of their own.'),
    maxWeight: int32.describe('What the weights add up to.'),
    headerRoutes: z
      .array(setHeaderRoute.pick({ name: true, match: true }).required())
      .describe('Requests with all these headers go to the canary.'),
    mirrorRoutes: z.array(setMirrorRoute.required()).describe('Copies of these requests go to the canary.'),
    managedRoutes: z
      .array(z.string())
      .describe('Names of all routes that the Rollout may make, by priority. One that is in neither list is removed.'),
  })
  .describe('All that is to be in force. It replaces what was asked for before.')

const request = envelope.extend({ rollout: rolloutObject, intent })

const state = ['verified', 'pending', 'not-verifiable'] as const

/** Puts an intent into force. */
export const putIntent = {
  kind: 'router',
  name: 'putIntent',
  method: 'PUT',
  path: '/v1/router/intent',
  summary: 'Brings the traffic to the intent. A 2xx answer says that it was accepted; the weights count from then on.',
  request,
  answer: z.object({
    state: z
      .enum(state)
      .describe('Whether the data plane has the intent: yes, not yet (it is verified every 10 s), or cannot be told.'),
    message: message.optional(),
  }),
} as const satisfies Operation

/** Asks whether an intent is in force. */
export const verifyIntent = {
  kind: 'router',
  name: 'verifyIntent',
  method: 'POST',
  path: '/v1/router/verify',
  summary: 'Says whether the data plane has an intent that was accepted, and changes nothing.',
  request,
  answer: z.object({
    state: z
      .enum([...state, 'unknown'])
      .describe('As for the intent; unknown: the plugin has no such intent (any more), and gets it again.'),
    message: message.optional(),
  }),
} as const satisfies Operation
