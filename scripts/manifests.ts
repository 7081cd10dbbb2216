// Writes manifests/ from the chart, with the Helm that the cluster tests use: built once from its Go module.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ensureHelm } from '../test/cluster/harness/binaries.ts'
import { runCommand } from '../test/cluster/harness/kubectl.ts'
import { manifestFiles } from './generate/manifests.ts'

const command = await ensureHelm(console.log)

const files = await manifestFiles(async (...args) => {
  const { code, stdout, stderr } = await runCommand(command, args)
  if (code !== 0) throw new Error(`helm ${args.join(' ')}: ${stderr.trim()}`)
  return stdout
})

const root = join(import.meta.dirname, '..', 'manifests')
for (const [path, text] of files) {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
  console.log(`manifests/${path}`)
}
