import type { Metrics } from '../telemetry/metrics.ts'
import { version } from './version.ts'

/** Put in by the bundler; absent where the sources run as they are. */
declare const crossfadeBuild: { readonly commit: string } | undefined

const commit = typeof crossfadeBuild === 'undefined' ? '' : crossfadeBuild.commit

/** Defines which version runs, under the published names: `goversion` and `goarch` tell what runs it here. */
export const defineBuildMetrics = (metrics: Metrics): void => {
  const info = { version, goversion: `node ${process.version}`, goarch: process.arch, commit }
  metrics.observed(
    {
      name: 'build_info',
      help: 'Version of the controller, and of Node under it.',
      labels: ['version', 'goversion', 'goarch', 'commit'],
    },
    () => [{ labels: info, value: 1 }],
  )
  metrics.observed(
    { name: 'argo_rollouts_controller_info', help: 'Version of the controller.', labels: ['version'] },
    () => [{ labels: { version }, value: 1 }],
  )
}
