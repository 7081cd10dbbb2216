import * as z from 'zod'
import { openObject } from '../../api/scalars.ts'
import { durationInMs, podBehaviorFields } from '../pods/behavior-schema.ts'

const manifest = z.union([
  z.strictObject({ file: z.string().describe('File with one or several manifests, relative to the scenario.') }),
  openObject,
])

const pods = z.strictObject({
  image: z.string().optional().describe("Part of the image of one of the pod's containers."),
  labels: z.record(z.string(), z.string()).optional().describe('Labels of the pod.'),
  from: durationInMs.optional().describe('From this time on; pods that run already change then.'),
  ...podBehaviorFields,
})

/** YAML has words for what is no ordinary number; an empty list is an empty vector. */
const sample = z.union([
  z.number(),
  z.enum(['NaN', '+Inf', '-Inf']).transform((text) => Number(text.replace('Inf', 'Infinity'))),
])

const metricCase = z.strictObject({
  revision: z.int().optional().describe('Revision that the query is about.'),
  image: z.string().optional().describe("Part of the image of that revision's containers."),
  minWeight: z.number().optional().describe('Least share of the requests that the revision gets, in percent.'),
  maxWeight: z.number().optional().describe('Largest share of the requests that the revision gets, in percent.'),
  after: durationInMs.optional().describe("Not before the revision's ReplicaSet is this old."),
  from: durationInMs.optional().describe('Not before this time of the scenario.'),
  until: durationInMs.optional().describe('Only before this time of the scenario.'),
  value: z
    .union([sample, z.array(sample)])
    .optional()
    .describe('The value, or one a series; [] is an empty vector.'),
  towards: z.number().optional().describe('The value moves to this one in a straight line…'),
  over: durationInMs.optional().describe('… within this time.'),
  noise: z.number().optional().describe('Largest deviation from the value.'),
  fault: z.enum(['unavailable', 'html', 'malformed', 'bad-query', 'timeout']).optional().describe('No proper answer.'),
  delay: durationInMs.optional().describe('How long the answer takes.'),
})

const metric = z.strictObject({
  template: z.string().optional().describe('AnalysisTemplate or ClusterAnalysisTemplate that has the metric.'),
  metric: z.string().optional().describe('Name of the metric.'),
  query: z.string().optional().describe("Part of the query's text."),
  cases: z
    .array(metricCase)
    .describe('The first whose conditions all hold gives the value; without one, an empty vector.'),
})

const web = z.strictObject({
  url: z.string().describe('Beginning of the address.'),
  method: z.string().optional().describe('HTTP method. Default: every one.'),
  answers: z
    .array(
      z.strictObject({
        from: durationInMs.optional().describe('From this time on.'),
        status: z.int().optional().describe('HTTP status. Default 200.'),
        json: z.json().optional().describe('Body as JSON.'),
        text: z.string().optional().describe('Body as text.'),
        headers: z.record(z.string(), z.string()).optional().describe('Headers.'),
        delay: durationInMs.optional().describe('How long the answer takes.'),
        fault: z.enum(['refused', 'timeout']).optional().describe('No answer at all.'),
      }),
    )
    .describe('What is answered; the last one whose time has come.'),
})

const faultKinds = [
  'error',
  'throttle',
  'conflict',
  'network',
  'lose-response',
  'hang',
  'crash-before',
  'crash-after',
  'stale',
] as const

const fault = z.strictObject({
  kind: z.enum(faultKinds).describe('What goes wrong with the call.'),
  verb: z.string().optional().describe('As in audit logs. Default: every verb that writes.'),
  resource: z.string().optional().describe('Plural with its group, such as rollouts.argoproj.io.'),
  subresource: z.string().optional(),
  name: z.string().optional().describe('Name of the object.'),
  nth: z.int().min(1).optional().describe('The call that is hit, counted among those that match. Default: all are.'),
  count: z.int().min(1).optional().describe('How many calls in a row are hit.'),
  for: durationInMs.optional().describe('How long watches are silent, for stale. Default 5s.'),
})

const condition = z.strictObject({
  rollout: z.string().describe('Name of the Rollout.'),
  namespace: z.string().optional(),
  phase: z.string().optional().describe('status.phase: Healthy, Progressing, Paused or Degraded.'),
  step: z.int().optional().describe('status.currentStepIndex.'),
  weight: z.int().optional().describe('The weight of the canary as the router has it.'),
  revision: z.int().optional().describe('Number of the revision.'),
})

const target = z.strictObject({ rollout: z.string(), namespace: z.string().optional() })

/** What can happen in a scenario; a change names exactly one. */
const actions = {
  apply: z
    .union([manifest, z.array(manifest)])
    .optional()
    .describe('Objects to create, or to bring to this state.'),
  patch: z
    .strictObject({
      apiVersion: z.string(),
      kind: z.string(),
      name: z.string(),
      namespace: z.string().optional(),
      subresource: z.literal('status').optional(),
      patch: openObject.describe('JSON merge patch.'),
    })
    .optional()
    .describe('A JSON merge patch of any object.'),
  delete: z
    .strictObject({ apiVersion: z.string(), kind: z.string(), name: z.string(), namespace: z.string().optional() })
    .optional()
    .describe('Delete an object.'),
  setImage: target
    .extend({ image: z.string(), container: z.string().optional() })
    .optional()
    .describe('A new image, by default for the first container.'),
  scale: target
    .extend({ replicas: z.int().min(0) })
    .optional()
    .describe('A new number of replicas.'),
  promote: target
    .extend({ full: z.boolean().optional() })
    .optional()
    .describe('As kubectl crossfade promote [--full].'),
  abort: target.optional().describe('As kubectl crossfade abort.'),
  retry: target.optional().describe('As kubectl crossfade retry rollout.'),
  pause: target.optional().describe('As kubectl crossfade pause.'),
  restartController: z
    .strictObject({ crash: z.boolean().optional() })
    .optional()
    .describe('The controller starts anew.'),
}

const change = z.strictObject({
  at: durationInMs.optional().describe('Not before this time of the scenario.'),
  when: condition.optional().describe('Not before this holds.'),
  after: durationInMs.optional().describe('This long after both.'),
  note: z.string().optional().describe('What to say about it in the timeline.'),
  ...actions,
})

const end = z.strictObject({
  when: z
    .union([condition, z.array(condition)])
    .optional()
    .describe('Ends as soon as all changes are made and this holds…'),
  for: durationInMs.optional().describe('… for this long without a break.'),
  after: durationInMs.optional().describe('Ends at this time at the latest. Default 1h.'),
})

/** A story to play in the sandbox: what is there, what happens, how pods and metrics behave, and when it is over. */
export const scenarioSchema = z.strictObject({
  name: z.string().describe('A short title.'),
  description: z.string().optional(),
  seed: z.int().optional().describe('The same seed gives the same history. Default 1.'),
  namespace: z.string().optional().describe('Namespace of objects that name none. Default: default.'),
  manifests: z.array(manifest).describe('Objects that are there from the beginning, in their order.'),
  pods: z.array(pods).optional().describe('How pods behave; the last entry that fits a pod wins.'),
  metrics: z.array(metric).optional().describe('What Prometheus answers.'),
  web: z.array(web).optional().describe('What web addresses answer.'),
  faults: z.array(fault).optional().describe('What goes wrong with API calls of the controller.'),
  changes: z.array(change).optional().describe('What happens, one after the other.'),
  end: end.optional().describe('When it is over.'),
})

/** See {@link scenarioSchema}. */
export type ScenarioFile = z.infer<typeof scenarioSchema>

/** See {@link scenarioSchema}. */
export type ScenarioChange = z.infer<typeof change>

/** A state of a Rollout that a scenario waits for. */
export type ScenarioCondition = z.infer<typeof condition>

/** The names of the actions of a change. */
export const actionNames = Object.keys(actions) as readonly (keyof typeof actions)[]
