import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'

import { runCommand } from './kubectl.ts'
import { startProcess, waitUntilReady } from './process.ts'
import { eventually } from './wait.ts'

const folder = mkdtempSync(join(tmpdir(), 'crossfade-process-'))
const module = pathToFileURL(join(import.meta.dirname, 'process.ts')).href

/** A killed process stays in the table as a zombie until somebody asks for its exit code: in a container maybe for ever. */
const isAlive = (pid: number): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

describe('programs beside the tests', () => {
  after(() => rmSync(folder, { recursive: true }))

  for (const [end, how] of [
    ['process.exit(3)', 'exits'],
    ['setTimeout(() => { throw new Error("crash") })', 'crashes'],
    ['process.kill(process.pid, "SIGINT")', 'is interrupted'],
  ]) {
    it(`die when the process that started them ${how}`, async () => {
      const script = `const { startProcess } = await import(${JSON.stringify(module)})
        const child = await startProcess({ name: 'sleep', command: 'sleep', args: ['60'], log: ${JSON.stringify(join(folder, 'log'))} })
        console.log(child.pid)
        ${end}
        await new Promise((resolve) => setTimeout(resolve, 5000))`
      const { stdout, code } = await runCommand(process.execPath, ['--input-type=module', '--eval', script])
      assert.notEqual(code, 0)
      const pid = Number.parseInt(stdout, 10)
      await eventually('it is gone', async () => (isAlive(pid) ? { missing: 'it lives' } : { found: true }), {
        timeout: 2000,
      })
    })
  }

  it('are told apart from those that never become ready, with the end of their log', async () => {
    const log = join(folder, 'broken')
    const broken = await startProcess({ name: 'broken', command: 'sh', args: ['-c', 'echo no such flag; exit 7'], log })
    await assert.rejects(
      waitUntilReady(broken, async () => false),
      /starting broken: ended with 7; .*\nno such flag/,
    )
  })
})
