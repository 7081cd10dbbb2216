/** Builds the programs of the cluster tests, so that a later run starts at once: `node test/cluster/build.ts`. */
import { ensureBinaries, ensureTraefik } from './harness/binaries.ts'

const report = (line: string): void => console.log(line)
const binaries = await ensureBinaries(report)
console.log([...Object.values(binaries), await ensureTraefik(report)].join('\n'))
