import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import * as z from 'zod'
import type { JsonObject } from '../../../src/lib/json.ts'
import { parseYaml } from '../../../src/lib/yaml.ts'
import { settingsOf } from '../../../src/notifications/settings.ts'
import { variablesOf } from '../../../src/notifications/variables.ts'

const path = join(import.meta.dirname, '../../../charts/crossfade/notifications/triggers-and-templates.yaml')
const { triggers, templates, faults, config } = settingsOf(
  z.record(z.string(), z.string()).parse(parseYaml(readFileSync(path, 'utf8'))),
  {},
)

const rollout = (strategy: JsonObject) => ({
  metadata: { namespace: 'shop', name: 'web', uid: 'u', resourceVersion: '1' },
  spec: {
    ...{ replicas: 3, strategy },
    template: {
      spec: {
        containers: [
          { name: 'main', image: 'web:2' },
          { name: 'side "car"', image: 'side:1' },
        ],
      },
    },
  },
  status: { currentStepIndex: 0, message: 'because' },
})

describe('the triggers and templates of the chart', () => {
  it('have no fault', () => {
    assert.deepEqual(faults, [])
  })

  it('are the published ones, and two of our own', () => {
    assert.deepEqual([...triggers.keys()].sort(), [
      'on-analysis-run-error',
      'on-analysis-run-failed',
      'on-analysis-run-running',
      'on-rollout-aborted',
      'on-rollout-completed',
      'on-rollout-degraded',
      'on-rollout-healthy',
      'on-rollout-paused',
      'on-rollout-step-completed',
      'on-rollout-updated',
      'on-scaling-replica-set',
    ])
  })

  for (const [trigger, [condition]] of triggers) {
    it(`${trigger} makes a message, a subject and attachments that Slack can read`, () => {
      const facts = { rollout: rollout({ canary: { steps: [{}, {}] } }), analysisRuns: [], nowMs: 0 }
      const to = { service: 'slack', recipient: 'ops' }
      const sources = { now: () => 0, random: () => 0 }
      const made = templates.render(condition?.send ?? [], variablesOf(facts, config), to, sources)
      const sections = z
        .object({ email: z.object({ subject: z.string() }), slack: z.object({ attachments: z.string() }) })
        .parse(made.sections)
      assert.match(made.message, /web/)
      assert.equal(sections.email.subject, made.message)
      const [attachment] = z
        .array(z.object({ fields: z.array(z.object({ title: z.string(), value: z.string() })) }))
        .parse(JSON.parse(sections.slack.attachments))
      assert.deepEqual(
        attachment?.fields.map(({ title, value }) => `${title}: ${value}`),
        ['Strategy: canary', 'main: web:2', 'side "car": side:1'],
      )
    })
  }
})
