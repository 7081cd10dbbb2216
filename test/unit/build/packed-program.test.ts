import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { packProgram } from '../../../scripts/build/packed-program.ts'

const sources = {
  'start.ts': `
    import { join } from 'node:path'
    import { shared } from './shared.ts'
    console.log(join('a', 'b'), shared())
    if (process.argv[2] === 'more') import('./more.ts').then(({ more }) => console.log(more('x')))
    if (process.argv[2] === 'broken') for (const _ of [1, 2]) import('./broken.ts').catch((error) => console.log(error.message))
  `,
  'shared.ts': `console.log('shared is loaded'); export const shared = () => 'shared'`,
  'more.ts': `
    import { shared } from './shared.ts'
    console.log('more is loaded')
    export const more = (text: string) => \`\${shared()} /* \${text} */ \${'a*'.replace(/a*/, "'")}\`
  `,
  'broken.ts': `throw new Error('no luck')`,
}

describe('a program that is packed into one file', () => {
  let folder: string
  let file: string

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'crossfade-packed-'))
    for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, name), text)
    const options = { absWorkingDir: folder, bundle: true, platform: 'node', target: 'node20', minify: true } as const
    const packed = await packProgram({ ...options, entryPoints: ['start.ts'], banner: { js: '#!/usr/bin/env node' } })
    file = join(folder, 'packed.cjs')
    writeFileSync(file, packed.text)
  })

  after(() => rmSync(folder, { recursive: true, force: true }))

  const run = (...words: string[]): readonly string[] =>
    execFileSync(process.execPath, [file, ...words], { encoding: 'utf8' })
      .trim()
      .split('\n')

  it('loads what it starts with, and modules of Node', () => {
    assert.deepEqual(run(), ['shared is loaded', `${join('a', 'b')} shared`])
  })

  it('loads a part when it is asked for, and what it shares with others once', () => {
    const [, , ...further] = run('more')
    assert.deepEqual(further, ['more is loaded', "shared /* x */ '*"])
  })

  it('tells everybody who asks for a part that it cannot be loaded', () => {
    assert.deepEqual(run('broken').slice(2), ['no luck', 'no luck'])
  })
})
