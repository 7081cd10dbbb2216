/** Builds the programs of the cluster tests, so that a later run starts at once: `node test/cluster/build.ts`. */
import { ensureBinaries } from './harness/binaries.ts'

const binaries = await ensureBinaries((line) => console.log(line))
console.log(Object.values(binaries).join('\n'))
