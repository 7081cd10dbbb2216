import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import * as z from 'zod'
import { funcOf, stringType } from '../../../src/expr/go-type.ts'
import { timeType } from '../../../src/expr/time-types.ts'
import { Func, Instant } from '../../../src/expr/value.ts'
import { compileTemplate } from '../../../src/go-template/template.ts'
import { utc } from '../../../src/lib/go-time.ts'
import { parseTime } from '../../../src/lib/go-time-layout.ts'

/*
 * What Go's text/template and sprig make of these templates, recorded once: the text, or the message of the error. `language` is about
 * the language and Go's own functions, `sprig` about the functions of that library.
 */

const recordedSchema = z.object({
  data: z.record(z.string(), z.json()),
  cases: z.array(z.object({ template: z.string(), text: z.string().optional(), error: z.string().optional() })),
})

const read = (name: string): z.infer<typeof recordedSchema> =>
  recordedSchema.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'recorded', `${name}.json`), 'utf8')))

const nowMs = 1_700_000_000_000

const time = {
  Now: new Func(funcOf([], [timeType]), () => new Instant({ nanoseconds: BigInt(nowMs) * 1_000_000n, zone: utc })),
  Parse: new Func(
    funcOf([stringType], [timeType]),
    ([text]) => new Instant(parseTime('2006-01-02T15:04:05Z07:00', String(text))),
  ),
}

const sources = { now: () => nowMs, random: () => 0.5 }

const outcomeOf = (template: string, data: unknown): { text?: string; error?: string } => {
  try {
    return { text: compileTemplate(template, 'template').render(data, sources) }
  } catch (error) {
    if (error instanceof Error && error.name === 'TemplateError') return { error: error.message }
    throw error
  }
}

for (const name of ['language', 'sprig']) {
  describe(`templates as Go renders them: ${name}`, () => {
    const { data, cases } = read(name)
    for (const { template, text, error } of cases) {
      test(JSON.stringify(template), () => {
        const expected = text === undefined ? { error } : { text }
        assert.deepEqual(outcomeOf(template, { ...data, time }), expected)
      })
    }
  })
}
