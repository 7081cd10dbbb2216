import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { join } from 'node:path'

import type { Cluster } from './cluster.ts'
import { kubectl } from './kubectl.ts'
import { freePort } from './ports.ts'
import { startProcess, waitUntilReady } from './process.ts'

/** A real Prometheus that answers only over TLS, and only who knows the password. It scrapes what the cluster's own one does. */
export interface GuardedPrometheus {
  readonly address: string
  readonly username: string
  readonly password: string
  /** PEM certificate of the authority that signed for it: no system trusts this one. */
  readonly ca: string
  stop(): Promise<void>
}

const username = 'judge'
const password = 'counting on you'
/** bcrypt of the password, as Prometheus wants it. */
const passwordHash = '$2b$04$abcdefghijklmnopqrstuulxW.m6GN6XY.Cag6A3n31ppSRsOJJMW'

/** Files of the server, below `home`: what it scrapes, and whom it answers (Prometheus, "HTTPS and authentication"). */
async function writeConfiguration(home: string, { plane, prometheus }: Cluster): Promise<void> {
  await mkdir(home, { recursive: true })
  const jobs = [{ job_name: 'app', file_sd_configs: [{ files: [prometheus.targetsFile], refresh_interval: '5s' }] }]
  const scraping = { global: { scrape_interval: '1s', scrape_timeout: '1s' }, scrape_configs: jobs }
  await writeFile(join(home, 'prometheus.yml'), JSON.stringify(scraping))
  const { certificate, key } = plane.pki.server
  const guard = {
    tls_server_config: { cert_file: certificate, key_file: key },
    basic_auth_users: { [username]: passwordHash },
  }
  await writeFile(join(home, 'web.yml'), JSON.stringify(guard))
}

function statusOf(url: string, options: { ca: string; auth?: string }): Promise<number> {
  return new Promise((resolve) => {
    get(url, options, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    }).on('error', () => resolve(0))
  })
}

/**
 * Starts it beside the cluster.
 * @throws HarnessError when it does not start, or lets in who has no password
 */
export async function startGuardedPrometheus(cluster: Cluster): Promise<GuardedPrometheus> {
  const home = join(cluster.plane.directory, 'guarded-prometheus')
  await writeConfiguration(home, cluster)
  const port = await freePort()
  const address = `https://127.0.0.1:${port}`
  const running = await startProcess({
    name: 'guarded-prometheus',
    command: 'prometheus',
    log: join(cluster.plane.directory, 'guarded-prometheus.log'),
    args: [
      `--config.file=${join(home, 'prometheus.yml')}`,
      `--web.config.file=${join(home, 'web.yml')}`,
      `--storage.tsdb.path=${join(home, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
  })
  const ca = await readFile(cluster.plane.pki.authority, 'utf8')
  await waitUntilReady(running, async () => {
    const ready = `${address}/-/ready`
    const known = await statusOf(ready, { ca, auth: `${username}:${password}` })
    return known === 200 && (await statusOf(ready, { ca })) === 401
  })
  return { address, username, password, ca, stop: () => running.stop('SIGKILL') }
}

/** Stores what a metric needs to ask the server in a Secret of the namespace, with another password where one is given. */
export async function storeCredentials(
  { plane }: Cluster,
  namespace: string,
  { address, ca, username, password }: GuardedPrometheus,
  given = password,
): Promise<void> {
  const values = Object.entries({ address, ca, username, password: given })
  const literals = values.map(([key, value]) => `--from-literal=${key}=${value}`)
  await kubectl(plane, ['-n', namespace, 'create', 'secret', 'generic', 'guarded-prometheus', ...literals])
}
