import * as z from 'zod'
import type { DeepReadonly } from '../lib/json.ts'
import { experimentStep } from './experiment-step.ts'
import { rolloutAnalysis } from './rollout-analysis.ts'
import { int32, intOrString, openObject } from './scalars.ts'

const stringMatch = z.object({
  exact: z.string().optional().describe('The value is exactly this.'),
  prefix: z.string().optional().describe('The value starts with this.'),
  regex: z.string().optional().describe('The value matches this regular expression.'),
})

/** How a header, method or path is compared: exactly one of the three is set. */
export type StringMatch = z.infer<typeof stringMatch>

const namedMatch = (what: string) =>
  z.object({
    name: z.string().describe(`Name of the ${what}.`),
    value: stringMatch.describe(`How the value of the ${what} is compared.`),
  })

/** A cookie or query parameter of a request, and how its value is compared. */
export type NamedMatch = z.infer<ReturnType<typeof namedMatch>>

const pauseStep = z.object({
  duration: intOrString
    .optional()
    .describe('How long: a number is seconds, a string a duration such as 5m or 1h. Default: until resumed.'),
})

/** A pause: for a time, or until somebody resumes. */
export type PauseStep = z.infer<typeof pauseStep>

const setCanaryScale = z.object({
  weight: int32.optional().describe('Size as a percentage of spec.replicas.'),
  replicas: int32.optional().describe('Size as a number of pods.'),
  matchTrafficWeight: z.boolean().optional().describe('Return to the size that follows the traffic weight.'),
})

/** The size of the canary apart from its traffic. */
export type SetCanaryScale = z.infer<typeof setCanaryScale>

/** See {@link SetHeaderRoute}. */
export const setHeaderRoute = z.object({
  name: z.string().optional().describe('Name of the route, one of managedRoutes.'),
  match: z
    .array(
      z.object({
        headerName: z.string().describe('Name of the header.'),
        headerValue: stringMatch.describe('How the value of the header is compared.'),
      }),
    )
    .optional()
    .describe('Headers that a request must have. Without any condition at all, the route is removed.'),
  cookie: namedMatch('cookie')
    .optional()
    .describe('A cookie that a request must have as well. An addition of Crossfade, for some routers.'),
  queryParams: z
    .array(namedMatch('query parameter'))
    .optional()
    .describe('Query parameters that a request must have as well. An addition of Crossfade, for some routers.'),
})

/** A route for requests with certain headers, a cookie or query parameters, which all go to the canary. */
export type SetHeaderRoute = z.infer<typeof setHeaderRoute>

/** Whether a step makes its route; one that asks for nothing removes it. */
export const makesHeaderRoute = (step: DeepReadonly<SetHeaderRoute>): boolean =>
  (step.match ?? []).length > 0 || step.cookie !== undefined || (step.queryParams ?? []).length > 0

/** See {@link SetMirrorRoute}. */
export const setMirrorRoute = z.object({
  name: z.string().describe('Name of the route, one of managedRoutes.'),
  match: z
    .array(
      z.object({
        method: stringMatch.optional().describe('How the method of the request is compared.'),
        path: stringMatch.optional().describe('How the path of the request is compared.'),
        headers: z.record(z.string(), stringMatch).optional().describe('How headers are compared, by their name.'),
      }),
    )
    .optional()
    .describe('Which requests are mirrored. Without any, the route is removed.'),
  percentage: int32.optional().describe('Share of the matching requests that is mirrored, in percent. Default 100.'),
})

/** A route whose requests are sent to the canary as well, its answers being dropped. */
export type SetMirrorRoute = z.infer<typeof setMirrorRoute>

const pluginStep = z.object({
  name: z.string().describe('Name of the plugin, `<namespace>/<name>`.'),
  config: openObject.optional().describe('Configuration for the plugin, in its own shape.'),
})

/** A step that a plugin runs. */
export type PluginStep = z.infer<typeof pluginStep>

/** One step of a canary: exactly one of its fields is set. */
export const canaryStep = z.object({
  setWeight: int32
    .optional()
    .describe('Share of the traffic, or of the pods, that the canary gets: 0 to maxTrafficWeight.'),
  pause: pauseStep.optional().describe('Waits.'),
  setCanaryScale: setCanaryScale.optional().describe('Sizes the canary apart from its traffic. Needs trafficRouting.'),
  analysis: rolloutAnalysis.optional().describe('Runs an analysis and waits for it; the release ends if it fails.'),
  experiment: experimentStep.optional().describe('Runs an Experiment and waits for it; the release ends if it fails.'),
  setHeaderRoute: setHeaderRoute
    .optional()
    .describe('Sends requests with certain headers, a cookie or query parameters to the canary.'),
  setMirrorRoute: setMirrorRoute.optional().describe('Sends a copy of certain requests to the canary.'),
  plugin: pluginStep.optional().describe('Runs a step plugin and waits for it.'),
})

/** See {@link canaryStep}. */
export type CanaryStep = z.infer<typeof canaryStep>
