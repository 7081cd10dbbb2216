import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonObject } from '../../../src/lib/json.ts'
import { isJsonObject, objectOr } from '../../../src/lib/json-value.ts'
import { formatYaml, parseYaml } from '../../../src/lib/yaml.ts'
import { chartFolder } from './helm.ts'

/** A field of Rollouts that the older chart does not know yet. */
export const newField = 'rollbackWindow'

const without = (parent: JsonObject, path: readonly string[], field: string): JsonObject => {
  const [step, ...further] = path
  if (step === undefined) return Object.fromEntries(Object.entries(parent).filter(([name]) => name !== field))
  return { ...parent, [step]: without(objectOr(parent[step]), further, field) }
}

/** The CRD without {@link newField} in its schema, as an older version would have it. */
const older = (crd: unknown): JsonObject => {
  if (!isJsonObject(crd) || !isJsonObject(crd.spec) || !Array.isArray(crd.spec.versions)) {
    throw new Error('making an older chart: the CRD of Rollouts has another shape')
  }
  const path = ['schema', 'openAPIV3Schema', 'properties', 'spec', 'properties']
  const versions = crd.spec.versions.map((version) => without(objectOr(version), path, newField))
  return { ...crd, spec: { ...crd.spec, versions } }
}

/** The path of a chart as it may have been before this one: version 0.0.1, whose Rollouts lack {@link newField}. */
export async function olderChart(directory: string): Promise<string> {
  const folder = join(await mkdtemp(join(directory, 'older-')), 'crossfade')
  await cp(chartFolder, folder, { recursive: true, dereference: true })
  const edit = async (name: string, change: (text: string) => string): Promise<void> => {
    const file = join(folder, name)
    await writeFile(file, change(await readFile(file, 'utf8')))
  }
  await edit('Chart.yaml', (text) => text.replace(/^(version|appVersion): .*$/gm, '$1: 0.0.1'))
  await edit('crds-source/rollouts.argoproj.io.yaml', (text) => formatYaml(older(parseYaml(text))))
  return folder
}
