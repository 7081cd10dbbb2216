import assert from 'node:assert/strict'
import { podTemplateHashLabel } from '../../src/api/labels.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { aService } from '../builders/objects.ts'
import { aRollout, type RolloutBuilder } from '../builders/rollout-builder.ts'
import { rollout, theRollout } from './expect.ts'
import type { Condition, Story } from './harness.ts'

/** The active and the preview Service of the application `web`. */
export const services = [aService('web-active', 'web'), aService('web-preview', 'web')]

/** Three pods behind both Services, switched as soon as they are ready. */
export const web = aRollout('web').withReplicas(3).withBlueGreen({ previewService: 'web-preview' })

/** The same, switched by a person. */
export const manual = web.withBlueGreen({ autoPromotionEnabled: false })

/** Brings up the first version, with what else there must be. */
export const deploy = async (told: Story, builder: RolloutBuilder, ...objects: readonly object[]): Promise<void> => {
  await told.begin(...services, ...objects, builder.build())
  await told.until(rollout('web').isHealthy(), '2m')
}

/** Asks for a version by its number. */
export const ask = (told: Story, version: number): void =>
  told.act({ setImage: { rollout: 'web', image: `web:${version}` } })

/** Changes the spec of the Rollout by a merge patch. */
export const patchSpec = (told: Story, spec: Record<string, unknown>): void =>
  told.act({
    patch: {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      name: 'web',
      patch: { spec: JSON.parse(JSON.stringify(spec)) },
    },
  })

const imageBehind = (sandbox: Sandbox, service: string): string => {
  const found = sandbox.cluster.get('Service', { namespace: 'default', name: service })
  const hash = found?.spec.selector?.[podTemplateHashLabel]
  if (hash === undefined) return 'every version'
  const set = sandbox.cluster.get('ReplicaSet', { namespace: 'default', name: `web-${hash}` })
  return set?.spec.template.spec?.containers[0]?.image ?? 'no version'
}

const behind = (service: string, version: number): Condition => ({
  describe: `Service ${service} selects version ${version}`,
  holds: (sandbox) => imageBehind(sandbox, service) === `web:${version}`,
  actual: (sandbox) => imageBehind(sandbox, service),
})

/** The active Service selects this version. */
export const serves = (version: number): Condition => behind('web-active', version)

/** The preview Service selects this version. */
export const previews = (version: number): Condition => behind('web-preview', version)

/** The ReplicaSet of a version. Fails when there is none. */
export const replicaSetOf = ({ sandbox }: Story, version: number) =>
  sandbox.cluster
    .list('ReplicaSet', 'default')
    .find(({ spec }) => spec.template.spec?.containers[0]?.image === `web:${version}`) ??
  assert.fail(`there is no ReplicaSet of version ${version}`)

/** How many pods each version is to have; versions without pods are left out. */
export const pods = (wanted: Readonly<Record<number, number>>): Condition => {
  const actual = ({ cluster }: Sandbox): string =>
    JSON.stringify(
      Object.fromEntries(
        cluster
          .list('ReplicaSet', 'default')
          .map(({ spec }) => [spec.template.spec?.containers[0]?.image?.slice(4) ?? '', spec.replicas ?? 1] as const)
          .filter(([, size]) => size > 0)
          .sort(),
      ),
    )
  return {
    describe: `the versions have pods: ${JSON.stringify(wanted)}`,
    holds: (sandbox) => actual(sandbox) === JSON.stringify(wanted),
    actual,
  }
}

/** The status of blue/green. */
export const blueGreenOf = (told: Story) => theRollout(told.sandbox, 'web').status?.blueGreen

/** Reason and message of every event about the Rollout, with `<n>` in place of the hash of version n. */
export const eventTexts = (told: Story, eventsOf: (told: Story, subject: string) => readonly string[]): string[] => {
  const sets = told.sandbox.cluster.list('ReplicaSet', 'default')
  const versions = sets.map(({ metadata, spec }) => {
    const version = spec.template.spec?.containers[0]?.image?.slice(4) ?? ''
    return [metadata.labels?.[podTemplateHashLabel] ?? '', `<${version}>`] as const
  })
  return eventsOf(told, 'Rollout default/web').map((text) =>
    versions.reduce((changed, [hash, name]) => changed.replaceAll(hash, name), text),
  )
}
