/**
 * The suite on a real cluster: `npm run test:cluster [-- --only <pattern>] [-- --keep]`. The harness is tested first, then
 * the stories are played one after the other on the same cluster.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { parseArgs } from 'node:util'

import { useCluster } from './harness/cluster.ts'
import { tailOf } from './harness/process.ts'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    keep: { type: 'boolean', default: false },
  },
})

async function testFiles(folder: string): Promise<string[]> {
  const names = await readdir(join(import.meta.dirname, folder))
  const files = names.filter((name) => name.endsWith('.test.ts'))
  return files.sort().map((name) => join(import.meta.dirname, folder, name))
}

const files = [
  ...(await testFiles('harness')),
  ...(await testFiles('../contract/cluster')),
  ...(await testFiles('routers')),
  ...(await testFiles('chart')),
  ...(await testFiles('data-plane')),
  ...(await testFiles('stories')),
]
const chosen = files.filter((file) => file.includes(options.only))
if (chosen.length === 0) {
  console.error(`no test file has ${JSON.stringify(options.only)} in its name; there are:\n${files.join('\n')}`)
  process.exit(2)
}

/** A suite fails with each of its tests; only when its own preparation fails does nothing else say so. */
function hookFailed(error: Error): boolean {
  return 'failureType' in error && error.failureType === 'hookFailed'
}

/** What the controllers said last: most failed stories are explained there. */
async function showControllerLogs(directory: string): Promise<void> {
  const logs = (await readdir(directory)).filter((name) => /^[a-z]\d?-.*\.log$/.test(name))
  for (const log of logs) console.log(`--- the end of ${log}\n${tailOf(join(directory, log), 20)}`)
}

const begin = performance.now()
const cluster = await useCluster()
let passed = 0
let failed = 0
// In this process, so that all files share the cluster; one after the other, so that they do not share the machine's time.
const events = run({ files: chosen, isolation: 'none', concurrency: false })
events.on('test:pass', (test) => {
  if (test.details.type !== 'suite') passed += 1
})
events.on('test:fail', (test) => {
  if (test.details.type !== 'suite' || hookFailed(test.details.error)) failed += 1
})
for await (const text of events.compose(spec)) process.stdout.write(String(text))

if (failed > 0) await showControllerLogs(cluster.plane.directory)
console.log(`real cluster, in ${Math.round((performance.now() - begin) / 1000)} s`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
if (options.keep) {
  console.log(`kept up until Ctrl-C; export KUBECONFIG=${cluster.plane.kubeconfig}`)
  console.log(`Prometheus: ${cluster.prometheus.url}   kubectl: ${cluster.plane.binaries.kubectl}`)
  setInterval(() => undefined, 60_000)
} else {
  process.exit()
}
