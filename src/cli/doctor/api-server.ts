import { rollouts } from '../../api/resources.ts'
import { KubeError } from '../../kube/errors.ts'
import { listOr, objectOr, stringOr } from '../../lib/json-value.ts'
import type { Cluster } from '../context.ts'
import { errorAdvice } from '../error-text.ts'
import { type Check, ok, problem } from './check.ts'

/** What a server serves of a group and version: the plural names, those of subresources with a slash. */
export const servedBy = async (
  { transport }: Cluster,
  group: string,
  version: string,
): Promise<ReadonlySet<string> | undefined> => {
  try {
    const answer = await transport.request({ method: 'GET', path: `/apis/${group}/${version}` })
    return new Set(listOr(answer.resources).flatMap((one) => stringOr(objectOr(one).name) ?? []))
  } catch (error) {
    if (error instanceof KubeError && error.code === 404) return undefined
    throw error
  }
}

/** The oldest server that the product is tested with: `1.<minor>`. */
const oldestMinor = 30

/** Whether there is a server, and one that is new enough. */
export const checkServer = async ({ transport }: Cluster): Promise<Check> => {
  try {
    const { gitVersion, minor } = await transport.request({ method: 'GET', path: '/version' })
    const version = stringOr(gitVersion) ?? 'of an unknown version'
    const number = Number.parseInt(stringOr(minor) ?? '', 10)
    return number < oldestMinor
      ? problem(`the API server is ${version}`, `Kubernetes 1.${oldestMinor} or newer is needed.`)
      : ok(`the API server is ${version}`)
  } catch (error) {
    const { text, hint } = errorAdvice(error)
    return problem('the API server did not answer', [text, hint].filter((part) => part !== undefined).join(' '))
  }
}

const wanted = ['rollouts', 'analysistemplates', 'clusteranalysistemplates', 'analysisruns', 'experiments']
const install = "Install the CustomResourceDefinitions: 'kubectl apply --server-side -f crds/' of the release in use."

/** Whether the kinds are there, with the subresources that controller and autoscalers write to. */
export const checkDefinitions = async (cluster: Cluster): Promise<Check[]> => {
  const served = await servedBy(cluster, rollouts.group, rollouts.version)
  if (served === undefined) return [problem('argoproj.io/v1alpha1 is not installed', install)]
  const kinds = wanted.map((name) =>
    served.has(name)
      ? ok(`${name}.${rollouts.group} is installed`)
      : problem(`${name}.${rollouts.group} is not installed`, install),
  )
  const parts = ['rollouts/status', 'rollouts/scale']
    .filter((name) => served.has('rollouts') && !served.has(name))
    .map((name) => problem(`rollouts.argoproj.io has no subresource ${name.split('/')[1]}`, install))
  return [...kinds, ...parts]
}
