import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runCommand } from '../harness/kubectl.ts'
import { chartFolder } from './helm.ts'

describe('the alerts of the chart, by Prometheus’ own promtool', () => {
  it('are valid rules', async () => {
    const { code, stdout, stderr } = await runCommand('promtool', [
      ...['check', 'rules', '--lint=all', '--lint-fatal', join(chartFolder, 'alerts', 'rules.yaml')],
    ])
    assert.equal(code, 0, stdout + stderr)
  })

  it('fire when they should, with what they say, and not otherwise', async () => {
    const file = join(import.meta.dirname, '..', '..', 'chart', 'alerts.promtool.yaml')
    const { code, stdout, stderr } = await runCommand('promtool', ['test', 'rules', file])
    assert.equal(code, 0, stdout + stderr)
  })
})
