import type { CanaryStep } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { RolloutInfo } from '../../server/dashboard/messages.ts'

type Step = DeepReadonly<CanaryStep>

/** How many steps are done, of how many. */
export interface StepPosition {
  readonly done: number
  readonly total: number
}

/** Reads the position from a text such as `2/5`; undefined for a Rollout without steps. */
export const stepPosition = ({ step }: Pick<RolloutInfo, 'step'>): StepPosition | undefined => {
  const [done, total] = (step ?? '').split('/').map(Number)
  if (done === undefined || total === undefined) return undefined
  return Number.isSafeInteger(done) && Number.isSafeInteger(total) ? { done, total } : undefined
}

/** What a list of steps shows of one. */
export interface StepLine {
  readonly title: string
  /** What there is to read below the title, a name and a text a line; empty where the title says all. */
  readonly details: readonly (readonly [name: string, text: string])[]
  readonly state: 'done' | 'current' | 'ahead'
}

const pauseText = (duration: string | number | undefined): string => {
  if (duration === undefined || duration === '') return 'Pause until promoted'
  const text = String(duration)
  return `Pause for ${/\d$/.test(text) ? `${text}s` : text}`
}

const scaleText = (scale: NonNullable<Step['setCanaryScale']>): string => {
  if (scale.matchTrafficWeight) return 'as the traffic weight'
  if (scale.replicas !== undefined) return scale.replicas === 1 ? '1 pod' : `${scale.replicas} pods`
  return `${scale.weight ?? 0}% of the pods`
}

const routeTitle = (kind: string, name: string | undefined, makes: boolean): string =>
  `${makes ? 'Set' : 'Remove'} ${kind}: ${name ?? ''}`

const isEmpty = (list: readonly unknown[] | undefined): boolean => (list ?? []).length === 0

type HeaderRoute = NonNullable<Step['setHeaderRoute']>

const makesRoute = ({ match, cookie, queryParams }: HeaderRoute): boolean =>
  !isEmpty(match) || cookie !== undefined || !isEmpty(queryParams)

/** A text for values of any shape: indented JSON of what is more than a word. */
const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, undefined, 2))

const named = (name: string, values: readonly unknown[] | undefined): (readonly [string, string])[] =>
  (values ?? []).map((value) => [name, valueText(value)] as const)

const detailsOf = ({ analysis, experiment, setHeaderRoute, setMirrorRoute, plugin }: Step): StepLine['details'] => [
  ...(analysis?.templates ?? []).map(({ templateName }) => ['Template', templateName ?? ''] as const),
  ...(analysis?.args ?? []).map(({ name, value }) => [`Argument ${name}`, value ?? 'from elsewhere'] as const),
  ...(experiment === undefined ? [] : [['Duration', experiment.duration ?? 'until its analyses end'] as const]),
  ...(experiment?.templates ?? []).map(
    ({ name, specRef, replicas, weight }) =>
      [
        `Template ${name}`,
        [specRef ?? '', `${replicas ?? 1} replicas`, ...(weight === undefined ? [] : [`weight ${weight}`])].join(', '),
      ] as const,
  ),
  ...(experiment?.analyses ?? []).map(({ name, templateName }) => [`Analysis ${name}`, templateName ?? ''] as const),
  ...named('Header', setHeaderRoute?.match),
  ...(setHeaderRoute?.cookie === undefined ? [] : named('Cookie', [setHeaderRoute.cookie])),
  ...named('Query parameter', setHeaderRoute?.queryParams),
  ...(isEmpty(setMirrorRoute?.match) ? [] : [['Share', `${setMirrorRoute?.percentage ?? 100}%`] as const]),
  ...named('Match', setMirrorRoute?.match),
  ...(plugin?.config === undefined ? [] : named('Configuration', [plugin.config])),
]

/** What a step does, in a few words. */
export const stepTitle = (step: Step): string => {
  const { setWeight, pause, setCanaryScale, setHeaderRoute, setMirrorRoute, plugin } = step
  if (setWeight !== undefined) return `Set weight: ${setWeight}${setWeight > 100 ? '' : '%'}`
  if (pause) return pauseText(pause.duration)
  if (setCanaryScale) return `Canary scale: ${scaleText(setCanaryScale)}`
  if (step.analysis) return 'Analysis'
  if (step.experiment) return 'Experiment'
  if (setHeaderRoute) return routeTitle('header route', setHeaderRoute.name, makesRoute(setHeaderRoute))
  if (setMirrorRoute) return routeTitle('mirror', setMirrorRoute.name, !isEmpty(setMirrorRoute.match))
  return plugin ? `Plugin: ${plugin.name}` : 'Unknown step'
}

/** The lines of a list of steps. While nothing is known of the position, none is done. */
export const stepLines = (info: Pick<RolloutInfo, 'step' | 'steps'>): StepLine[] => {
  const done = stepPosition(info)?.done ?? 0
  return (info.steps ?? []).map((step, index) => ({
    title: stepTitle(step),
    details: detailsOf(step),
    state: index < done ? 'done' : index === done ? 'current' : 'ahead',
  }))
}
