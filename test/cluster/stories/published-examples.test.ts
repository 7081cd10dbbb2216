import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import { z } from 'zod'

import type { Json } from '../../../src/lib/json.ts'
import { parseYamlDocuments } from '../../../src/lib/yaml.ts'
import { useCluster } from '../harness/cluster.ts'
import { useInstallation } from '../harness/installation.ts'
import { runCommand } from '../harness/kubectl.ts'

const repository = join(import.meta.dirname, '..', '..', '..')
const folder = process.env.CROSSFADE_EXAMPLES ?? join(repository, '../shared/reference/examples')

const ours = z.looseObject({ apiVersion: z.literal('argoproj.io/v1alpha1'), metadata: z.looseObject({}) })

/** No YAML, to kubectl neither: a Helm template, or an argument that was not quoted. */
function isTemplate(text: string): boolean {
  return /^\s*({{|[\w./-]+: {{)/m.test(text)
}

function documentsOf(file: string): Json[] {
  const text = readFileSync(file, 'utf8')
  return isTemplate(text) ? [] : parseYamlDocuments(text)
}

/** The objects of our kinds, put where a namespace is sure to be. */
function objectsIn(file: string): object[] {
  return documentsOf(file)
    .map((document) => ours.safeParse(document))
    .flatMap((parsed) => (parsed.success ? [parsed.data] : []))
    .map((object) => ({ ...object, metadata: { ...object.metadata, namespace: undefined } }))
}

describe('published examples', {
  skip: existsSync(folder) ? false : `no folder ${folder} (CROSSFADE_EXAMPLES names it)`,
}, () => {
  it('are accepted by the API server without a warning', async () => {
    const cluster = await useCluster()
    await useInstallation(cluster)
    const complaints: string[] = []
    let objects = 0
    for (const file of globSync(join(folder, '**', '*.yaml'))) {
      const items = objectsIn(file)
      if (items.length === 0) continue
      objects += items.length
      const args = ['--kubeconfig', cluster.plane.kubeconfig, '-n', 'default', 'apply', '--dry-run=server', '-f', '-']
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
      const { code, stderr } = await runCommand(cluster.plane.binaries.kubectl, args, { input })
      if (code !== 0 || stderr !== '') complaints.push(`${file}: ${stderr}`)
    }
    assert.deepEqual(complaints, [])
    assert.ok(objects > 20, `only ${objects} objects in ${folder}`)
  })
})
