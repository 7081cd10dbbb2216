import { systemClock } from '../lib/clock.ts'
import type { Configuration } from '../operator/configuration.ts'
import type { Operator } from '../operator/operator.ts'
import { type PageServer, type Pages, servePages, textPage } from '../server/page-server.ts'
import { parseProfileAddress, profilePages } from '../server/profile-pages.ts'
import type { PrometheusMetrics } from '../telemetry/metrics.ts'

const profileFlag = '--enable-pprof-address'

/**
 * A process that answers at all is alive: `/healthz` asks for nothing else, and probes leave it 10 s for that, so that one
 * which is only slow is left to its work. `/readyz` says whether it could lead.
 */
const healthPages = (operator: Operator): Pages => ({
  '/healthz': () => textPage(200, 'ok'),
  '/readyz': () => {
    const obstacle = operator.obstacle()
    return obstacle === undefined ? textPage(200, 'ok') : textPage(503, obstacle)
  },
})

/** Serves what is asked of the controller from outside: health, metrics, and profiles where they are switched on. */
export const serveControllerPages = (
  configuration: Configuration,
  operator: Operator,
  metrics: PrometheusMetrics,
): Promise<PageServer[]> => {
  const { healthzPort, metricsPort, 'enable-pprof-address': profiles } = configuration
  return Promise.all([
    servePages({ port: healthzPort, flags: { port: '--healthzPort' } }, healthPages(operator)),
    servePages(
      { port: metricsPort, flags: { port: '--metricsPort' } },
      { '/metrics': () => ({ status: 200, contentType: metrics.contentType, body: metrics.chunks() }) },
    ),
    ...(profiles === ''
      ? []
      : [
          servePages(
            { ...parseProfileAddress(profiles), flags: { port: profileFlag, host: profileFlag } },
            profilePages(systemClock),
          ),
        ]),
  ])
}
