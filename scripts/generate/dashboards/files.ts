import { controller } from './controller.ts'
import { type Dashboard, grafanaJson } from './dashboard.ts'
import { releases } from './releases.ts'

/** The dashboards of the chart. */
export const dashboards: readonly Dashboard[] = [releases, controller]

/** Their files in `charts/crossfade/dashboards`, by name. */
export const dashboardFiles = (): ReadonlyMap<string, string> =>
  new Map(dashboards.map((dashboard) => [`${dashboard.uid.replace('crossfade-', '')}.json`, grafanaJson(dashboard)]))
