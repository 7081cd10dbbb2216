import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import * as z from 'zod'
import { productCrds } from '../../src/sandbox/crds.ts'
import { type Front, serveSandbox } from '../../src/sandbox/http/front.ts'
import { kubeconfigFor } from '../../src/sandbox/http/kubeconfig.ts'
import { createSandbox } from '../../src/sandbox/sandbox.ts'
import { freePort } from '../cluster/harness/ports.ts'
import { readDockerfile } from './dockerfile.ts'

const root = join(import.meta.dirname, '../..')
const [build, image] = readDockerfile()
assert.ok(build && image, 'the Dockerfile has two stages')

/** Nobody but its owner may write, not even that: as an image is mounted with a read-only root file system. */
const makeReadOnly = (folder: string): void => {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() || entry.name === 'node' ? 0o555 : 0o444)
  }
  chmodSync(folder, 0o555)
}

describe('the image, played without Docker', () => {
  const sandbox = createSandbox({ crds: productCrds() })
  let workshop: string
  let bare: string
  let front: Front
  let running: ChildProcess | undefined

  /** The stage that builds: what it copies, with the packages of this checkout in the place of `npm ci`. */
  const buildStage = (): void => {
    workshop = mkdtempSync(join(tmpdir(), 'crossfade-build-'))
    for (const { paths, to } of build.copies) {
      for (const path of paths) {
        const name = to === './' ? basename(path) : to
        cpSync(join(root, path), join(workshop, name), { recursive: true })
      }
    }
    symlinkSync(join(root, 'node_modules'), join(workshop, 'node_modules'))
    for (const command of build.run.filter((line) => !line.startsWith('npm '))) {
      const [, ...args] = command.split(' ')
      execFileSync(process.execPath, args, { cwd: workshop, stdio: ['ignore', 'ignore', 'inherit'] })
    }
  }

  /** The image itself: Node, and what the last stage copies. */
  const lastStage = (): void => {
    bare = mkdtempSync(join(tmpdir(), 'crossfade-image-'))
    copyFileSync(process.execPath, join(bare, 'node'))
    for (const { fromBuild, paths, to } of image.copies) {
      mkdirSync(join(bare, to), { recursive: true })
      for (const path of paths) {
        const from = fromBuild ? join(workshop, path.replace('/app/', '')) : join(root, path)
        copyFileSync(from, join(bare, to, basename(path)))
      }
    }
    writeFileSync(join(bare, 'kubeconfig'), kubeconfigFor(front))
    makeReadOnly(bare)
  }

  before(async () => {
    front = await serveSandbox({ server: sandbox.server, token: 'secret' })
    buildStage()
    lastStage()
  })

  after(async () => {
    running?.kill('SIGKILL')
    await front.close()
    for (const folder of [workshop, bare]) {
      execFileSync('chmod', ['-R', 'u+w', folder])
      rmSync(folder, { recursive: true, force: true })
    }
  })

  const start = (...flags: string[]) => {
    const [node = '', ...args] = image.entrypoint
    const [uid = 0, gid = 0] = image.user.split(':').map(Number)
    // Only root can become somebody else; everybody else is not root to begin with.
    const identity = process.getuid?.() === 0 ? { uid, gid } : {}
    const options = { cwd: bare, env: { ...image.env, PATH: '' }, ...identity } as const
    const child = spawn(join(bare, node), [...args, ...flags], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    running = child
    const said = { text: '' }
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => {
        said.text += part
      })
    }
    return { child, said, ended: once(child, 'close') }
  }

  it('runs as nobody in particular', () => {
    assert.equal(image.user, '65532:65532')
  })

  it('says its version, with nothing beside it', async () => {
    const { said, ended } = start('--version')
    const [code] = await ended
    assert.deepEqual([code, said.text], [0, 'crossfade 0.1.0\n'])
  })

  it('becomes ready, and ends in order on SIGTERM, without writing a file', async () => {
    const before = readdirSync(bare, { recursive: true }).toSorted()
    const [health, metrics] = [await freePort(), await freePort()]
    const { child, said, ended } = start(
      '--kubeconfig=kubeconfig',
      `--healthzPort=${health}`,
      `--metricsPort=${metrics}`,
    )
    const ready = async (): Promise<boolean> => {
      const answer = await fetch(`http://127.0.0.1:${health}/readyz`).catch(() => undefined)
      return answer?.ok ?? false
    }
    for (let tries = 0; tries < 200 && !(await ready()); tries++) await delay(50)
    assert.ok(await ready(), said.text)
    const scraped = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text()
    assert.match(scraped, /^crossfade_leader /m)
    child.kill('SIGTERM')
    const [code] = await ended
    assert.equal(code, 0, said.text)
    assert.deepEqual(readdirSync(bare, { recursive: true }).toSorted(), before)
  })

  it('has the license of everything in it, and a bill of materials of exactly these bytes', () => {
    const read = (name: string): string => readFileSync(join(bare, 'dist', name), 'utf8')
    const { components, metadata } = z
      .object({
        metadata: z.object({ component: z.object({ hashes: z.tuple([z.object({ content: z.string() })]) }) }),
        components: z.array(z.object({ name: z.string(), version: z.string(), licenses: z.array(z.unknown()) })),
      })
      .parse(JSON.parse(read('controller.mjs.sbom.json')))
    const sum = createHash('sha256')
      .update(readFileSync(join(bare, 'dist/controller.mjs')))
      .digest('hex')
    assert.equal(metadata.component.hashes[0].content, sum)
    const names = components.map(({ name }) => name)
    for (const name of ['zod', 'pino', 'js-yaml', '@kubernetes/client-node']) assert.ok(names.includes(name), name)
    assert.ok(!names.includes('esbuild'), 'what only builds is not in it')
    const licenses = read('controller.mjs.licenses.txt')
    for (const { name, version } of components) assert.ok(licenses.includes(`${name}@${version} (`), name)
  })

  it('is the same again from the same sources', () => {
    const first = readFileSync(join(workshop, 'dist/controller.mjs'))
    execFileSync(process.execPath, ['scripts/build.ts'], { cwd: workshop, stdio: ['ignore', 'ignore', 'inherit'] })
    assert.ok(first.equals(readFileSync(join(workshop, 'dist/controller.mjs'))))
  })
})
