import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { it } from 'node:test'

const entry = join(import.meta.dirname, '../../../src/bin/kubectl-crossfade.ts')

/** What a file imports as it is loaded: neither types nor what it only loads when it needs it. */
const importsOf = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^import (?!type )(?:([^'"]*?) from )?'([^']+)'/gms)]
    .filter(([, names = '']) => !/^\{\s*(type \w+,?\s*)+\}$/.test(names))
    .map(([, , path = '']) => path)

const packagesFrom = (file: string, seen = new Set<string>()): Set<string> => {
  const packages = new Set<string>()
  if (seen.has(file)) return packages
  seen.add(file)
  for (const path of importsOf(file)) {
    if (!path.startsWith('.')) packages.add(path)
    else for (const name of packagesFrom(join(dirname(file), path), seen)) packages.add(name)
  }
  return packages
}

it('the plugin starts with a parser and colours: schemas, YAML and HTTP are loaded by the commands that need them', () => {
  const libraries = [...packagesFrom(entry)].filter((name) => !name.startsWith('node:')).sort()
  assert.deepEqual(libraries, ['commander', 'picocolors'])
  assert.ok(!packagesFrom(entry).has('node:https'))
})
