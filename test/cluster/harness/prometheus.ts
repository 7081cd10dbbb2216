import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

import { z } from 'zod'

import { HarnessError } from './errors.ts'
import { freePort } from './ports.ts'
import { answers, startProcess, waitUntilReady } from './process.ts'

/** A real Prometheus that scrapes what its file of targets lists, once a second. */
export interface Prometheus {
  readonly url: string
  /** The file that lists whom to scrape, in the form of `file_sd_configs`. */
  readonly targetsFile: string
  /** An instant query. @returns the values of its vector, in the order of the answer */
  query(expression: string): Promise<readonly number[]>
  stop(): Promise<void>
}

const queryAnswer = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
})

function findOnPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file))
}

function configuration(targetsFile: string): string {
  return JSON.stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1m' },
    scrape_configs: [{ job_name: 'app', file_sd_configs: [{ files: [targetsFile], refresh_interval: '5s' }] }],
  })
}

/**
 * Starts the Prometheus of Debian's package `prometheus`, with its data in `directory`.
 * @throws HarnessError when it is not installed or does not start
 */
export async function startPrometheus(directory: string): Promise<Prometheus> {
  const command = findOnPath('prometheus')
  if (command === undefined) {
    throw new HarnessError('looking for Prometheus: install it first, on Debian with `apt-get install prometheus`')
  }
  const home = join(directory, 'prometheus')
  await mkdir(home, { recursive: true })
  const targetsFile = join(home, 'targets.json')
  const config = join(home, 'prometheus.yml')
  await writeFile(targetsFile, '[]')
  await writeFile(config, configuration(targetsFile))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const running = await startProcess({
    name: 'prometheus',
    command,
    log: join(directory, 'prometheus.log'),
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(home, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
  })
  await waitUntilReady(running, () => answers(`${url}/-/ready`))
  return {
    url,
    targetsFile,
    async query(expression) {
      const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expression })}`)
      const { data } = queryAnswer.parse(await response.json())
      return data.result.map(({ value }) => Number(value[1]))
    },
    stop: () => running.stop('SIGKILL'),
  }
}
