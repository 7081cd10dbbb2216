import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import type { Suite, SuiteResult } from './suite.ts'
import { suites } from './suites/all.ts'

/*
 * Compares our answers with recorded answers of the published implementation. The recordings are no part of this repository:
 * where they are missing, nothing is compared and the output says so.
 */

const variable = 'CROSSFADE_ORACLES'
const repository = resolve(import.meta.dirname, '../..')
const folder = resolve(repository, process.env[variable] ?? '../shared/reference/oracles')

/** Enough to see a pattern; the rest only scrolls the table away. */
const shownFailures = 10

const oracle = z.record(z.string(), z.json())

const runSuite = async (suite: Suite): Promise<SuiteResult | undefined> => {
  const path = join(folder, suite.file)
  if (!existsSync(path)) return undefined
  return await suite.run(oracle.parse(JSON.parse(readFileSync(path, 'utf8'))))
}

const row = (...cells: readonly (string | number)[]): string =>
  cells.map((cell, index) => (index < 2 ? String(cell).padEnd(24) : String(cell).padStart(9))).join(' ')

const printDetails = ({ name }: Suite, { failed, deviated }: SuiteResult): void => {
  for (const { id, expected, got } of failed.slice(0, shownFailures)) {
    console.log(`  FAILED ${name} ${id}\n    expected ${JSON.stringify(expected)}\n    got      ${JSON.stringify(got)}`)
  }
  if (failed.length > shownFailures) console.log(`  … and ${failed.length - shownFailures} more in ${name}`)
  for (const { id, reason } of deviated) console.log(`  deviates: ${name} ${id}: ${reason}`)
}

const main = async (): Promise<void> => {
  if (!existsSync(folder)) {
    console.log(`skipped: there are no recorded answers in ${folder}; set ${variable} to the folder that has them`)
    console.log('0 passed, 0 failed')
    return
  }
  const total = { passed: 0, failed: 0 }
  console.log(row('file', 'suite', 'passed', 'failed', 'deviated', 'total'))
  for (const suite of suites) {
    const result = await runSuite(suite)
    if (result === undefined) {
      console.log(`${row(suite.file, suite.name)} skipped: the file is missing`)
      continue
    }
    const { passed, failed, deviated } = result
    total.passed += passed
    total.failed += failed.length
    console.log(
      row(suite.file, suite.name, passed, failed.length, deviated.length, passed + failed.length + deviated.length),
    )
    printDetails(suite, result)
  }
  console.log(`${total.passed} passed, ${total.failed} failed`)
  process.exitCode = total.failed > 0 ? 1 : 0
}

await main()
