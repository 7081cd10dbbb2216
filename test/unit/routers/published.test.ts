import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { managedRoutePartsAnnotation } from '../../../src/api/labels.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { equalJson, objectOr } from '../../../src/lib/json-value.ts'
import type { WrittenObject } from '../../builders/known-objects.ts'
import { type PublishedGolden, publishedGoldens } from '../../builders/published-golden.ts'
import { intentOf, type RouterGolden, routerGoldens, routerOf, settle } from '../../builders/router-golden.ts'

type Objects = readonly (JsonObject & WrittenObject)[]

const nameOf = ({ kind, metadata }: WrittenObject): string => `${kind}/${metadata.name}`

/** Everything that data planes and people read of an object, without our own note of what a release has added. */
const essence = (object: JsonObject | undefined): JsonObject => {
  const { labels = {}, annotations = {} } = objectOr(object?.metadata)
  const { [managedRoutePartsAnnotation]: _, ...noted } = objectOr(annotations)
  return { spec: object?.spec ?? null, labels, annotations: noted }
}

/** Where the objects after the stages are not the same, as `stage: Kind/name`. */
const differencesOf = (golden: RouterGolden, published: PublishedGolden): readonly string[] => {
  let ours: Objects = golden.objects
  const theirs = new Map<string, JsonObject>(golden.objects.map((object) => [nameOf(object), object]))
  return golden.stages.flatMap((stage, index) => {
    ours = settle(routerOf(golden, stage), intentOf(golden, stage), ours).objects
    for (const name of published.stages[index]?.gone ?? []) theirs.delete(name)
    for (const object of published.stages[index]?.after ?? []) theirs.set(nameOf(object), object)
    const here = new Map<string, JsonObject>(ours.map((object) => [nameOf(object), object]))
    return [...new Set([...here.keys(), ...theirs.keys()])]
      .filter((name) => !equalJson(essence(here.get(name)), essence(theirs.get(name))))
      .map((name) => `${stage.name}: ${name}`)
  })
}

describe('the same release by the published controller', () => {
  const goldens = routerGoldens()

  for (const published of publishedGoldens()) {
    const { file, version, stages, differences } = published
    const reasons = [...new Set(differences.map(({ why }) => why))]
    const except = reasons.length === 0 ? '' : `, except that ${reasons.join('; ')}`

    test(`${file}: ${version} makes the same of all objects${except}`, () => {
      const golden = goldens.find((one) => one.file === file)
      assert.ok(golden !== undefined, `there is no golden file ${file}`)
      assert.deepEqual(
        stages.map(({ name }) => name),
        golden.stages.map(({ name }) => name),
      )
      const listed = differences.flatMap(({ object, stages }) => stages.map((stage) => `${stage}: ${object}`))
      assert.deepEqual([...differencesOf(golden, published)].sort(), listed.sort())
    })
  }
})
