import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as z from 'zod'
import manifest from '../../../package.json' with { type: 'json' }
import { krewManifest } from '../../../scripts/release/krew-manifest.ts'
import { isOf, targets } from '../../../scripts/release/targets.ts'
import { parseYaml } from '../../../src/lib/yaml.ts'

const published = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    version: z.string(),
    homepage: z.string(),
    shortDescription: z.string().max(50),
    platforms: z.array(
      z.object({
        selector: z.object({ matchLabels: z.object({ os: z.string(), arch: z.string() }) }),
        uri: z.url(),
        sha256: z.string(),
        bin: z.string(),
        files: z.array(z.object({ from: z.string(), to: z.string() })),
      }),
    ),
  }),
})

const read = (where: string) =>
  published.parse(
    parseYaml(
      krewManifest('1.2.3', where, [
        { target: { os: 'linux', arch: 'arm64' }, sha256: 'aa' },
        { target: { os: 'windows', arch: 'amd64' }, sha256: 'bb' },
      ]),
    ),
  )

describe('the manifest for krew', () => {
  it('names the archive of each machine, with its sum', () => {
    const { metadata, spec } = read('https://releases.example.com/v1.2.3')
    assert.equal(metadata.name, 'crossfade')
    assert.equal(spec.version, 'v1.2.3')
    assert.deepEqual(
      spec.platforms.map(({ selector, uri, sha256, bin }) => [selector.matchLabels, uri, sha256, bin]),
      [
        [
          { os: 'linux', arch: 'arm64' },
          'https://releases.example.com/v1.2.3/kubectl-crossfade-linux-arm64.tar.gz',
          'aa',
          'kubectl-crossfade',
        ],
        [
          { os: 'windows', arch: 'amd64' },
          'https://releases.example.com/v1.2.3/kubectl-crossfade-windows-amd64.tar.gz',
          'bb',
          'kubectl-crossfade.exe',
        ],
      ],
    )
  })

  it('takes a folder with a slash at its end too', () => {
    const [first] = read('https://releases.example.com/latest/').spec.platforms
    assert.equal(first?.uri, 'https://releases.example.com/latest/kubectl-crossfade-linux-arm64.tar.gz')
  })
})

describe('the machines of the executables', () => {
  it('have Node from a package that package.json pins', () => {
    const pinned = Object.keys(manifest.optionalDependencies).toSorted()
    assert.deepEqual(targets.map(({ nodePackage }) => nodePackage).toSorted(), pinned)
  })

  it('are known by what Node calls them', () => {
    const [found, ...more] = targets.filter((target) => isOf(target, 'win32', 'x64'))
    assert.deepEqual([found?.os, found?.arch, more.length], ['windows', 'amd64', 0])
  })
})
