import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { JsonObject } from '../../../src/lib/json.ts'
import { cloneJson, equalJson } from '../../../src/lib/json-value.ts'
import { knownObjects } from '../../builders/known-objects.ts'
import {
  type GoldenStage,
  intentOf,
  type RouterGolden,
  rewriteGolden,
  routerGoldens,
  routerOf,
  settle,
} from '../../builders/router-golden.ts'

/*
 * `CROSSFADE_GOLDEN=write node --test test/unit/routers/golden.test.ts` writes what came out into the golden files: read the
 * difference before it is committed.
 */
const isWriting = process.env.CROSSFADE_GOLDEN === 'write'

type Objects = RouterGolden['objects']

const changed = (before: Objects, after: readonly JsonObject[]) =>
  after.filter((object) => !before.some((one) => equalJson(one, object)))

const play = (golden: RouterGolden, check: (stage: GoldenStage, played: GoldenStage) => void): RouterGolden => {
  let present: Objects = golden.objects
  const stages = golden.stages.map((stage) => {
    const { writes, objects } = settle(routerOf(golden, stage), intentOf(golden, stage), present)
    const { writes: _, after: __, ...asked } = stage
    const after = changed(present, objects)
    const played = {
      ...asked,
      writes: [...writes],
      ...(after.length > 0 && { after: cloneJson(after) as Objects }),
    }
    check(stage, played)
    present = [...objects]
    return played
  })
  return { ...golden, stages }
}

for (const golden of routerGoldens()) {
  describe(golden.file, () => {
    test('the spec and the objects have no faults', () => {
      const errors = routerOf(golden).validate(knownObjects(...golden.objects))
      assert.deepEqual(errors, [])
    })

    test(golden.about, () => {
      const played = play(golden, (stage, result) => {
        if (!isWriting) assert.deepEqual(result, stage, stage.name)
      })
      if (isWriting) rewriteGolden(played)
    })
  })
}
