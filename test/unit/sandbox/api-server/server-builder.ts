import { ApiServer, type ApiServerOptions } from '../../../../src/sandbox/api-server/api-server.ts'
import { seededRandom } from '../../../../src/sandbox/random.ts'
import { ManualClock } from '../../../builders/manual-clock.ts'
import { widgetCrd } from '../../../contract/objects.ts'

/** A server on a clock that stands still, with the custom kind of the contract. */
export const aServer = (options: Partial<ApiServerOptions> = {}): { server: ApiServer; clock: ManualClock } => {
  const clock = new ManualClock()
  return { clock, server: new ApiServer({ clock, random: seededRandom(1), crds: [widgetCrd], ...options }) }
}

/** The path of the ConfigMaps in the namespace `default`. */
export const configMapsPath = '/api/v1/namespaces/default/configmaps'

/** A body that makes a ConfigMap. */
export const aConfigMap = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { a: '1' },
})
