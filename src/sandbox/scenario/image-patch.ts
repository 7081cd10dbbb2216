import type { Rollout } from '../../api/rollout.ts'
import type { CommandPatch } from '../../api/rollout-commands.ts'
import type { DeepReadonly, Json } from '../../lib/json.ts'
import { ScenarioError } from './scenario-error.ts'

/** What `kubectl set image` writes. Throws when there is no such container. */
export const imagePatch = (rollout: DeepReadonly<Rollout>, image: string, container?: string): CommandPatch => {
  const containers = rollout.spec.template?.spec?.containers ?? []
  const name = container ?? containers[0]?.name
  if (!containers.some((one) => one.name === name)) {
    throw new ScenarioError(`setting the image of ${rollout.metadata.name}: it has no container ${name ?? ''}`)
  }
  const changed = containers.map((one) => (one.name === name ? { ...one, image } : one))
  const copy: Json[] = JSON.parse(JSON.stringify(changed))
  return { patch: { spec: { template: { spec: { containers: copy } } } } }
}
