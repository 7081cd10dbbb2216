// Runs the fast tests as two processes, one for each core: within a process no file pays for starting Node and loading
// the sources again. Ends with one line that counts both.
import { spawn } from 'node:child_process'

/** The stories with faults take about as long as everything else. */
const parts: readonly (readonly string[])[] = [
  ['test/scenario/faults.test.ts'],
  [
    'test/unit/**/*.test.ts',
    'test/scenario/!(faults).test.ts',
    'test/contract/sandbox.test.ts',
    'test/cli/**/*.test.ts',
    'test/chart/*.test.ts',
  ],
]

interface Result {
  readonly passed: number
  readonly failed: number
}

const countOf = (output: string, what: 'pass' | 'fail'): number =>
  Number(new RegExp(`^ℹ ${what} (\\d+)$`, 'm').exec(output)?.[1] ?? 0)

const run = (globs: readonly string[]): Promise<Result> =>
  new Promise((resolve, reject) => {
    const options = ['--test', '--test-isolation=none', '--test-reporter=spec']
    const child = spawn(process.execPath, [...options, ...globs], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.on('error', reject)
    child.on('close', (code) => {
      process.stdout.write(output)
      const counted = { passed: countOf(output, 'pass'), failed: countOf(output, 'fail') }
      // A process that died without a failed test of its own has failed all the same.
      resolve(code === 0 ? counted : { ...counted, failed: Math.max(1, counted.failed) })
    })
  })

const results = await Promise.all(parts.map(run))
const total = (what: keyof Result): number => results.reduce((sum, result) => sum + result[what], 0)
console.log(`${total('passed')} passed, ${total('failed')} failed`)
process.exitCode = total('failed') > 0 || total('passed') === 0 ? 1 : 0
