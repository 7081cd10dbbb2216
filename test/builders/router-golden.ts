import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import * as z from 'zod'
import type { Rollout } from '../../src/api/rollout.ts'
import { pingPongs, serviceRolesOf } from '../../src/api/service-roles.ts'
import type { JsonObject } from '../../src/lib/json.ts'
import { isJsonObject } from '../../src/lib/json-value.ts'
import { applyMergePatch } from '../../src/lib/merge-patch.ts'
import { formatYaml, parseYaml } from '../../src/lib/yaml.ts'
import { routersOf } from '../../src/routers/registry.ts'
import type { BoundRouter, ObjectWrite, TrafficIntent } from '../../src/routers/router.ts'
import { knownObjects, type WrittenObject } from './known-objects.ts'
import { trafficIntent } from './traffic-intent.ts'

/*
 * Golden files of routers: what a release makes of the objects of a product, stage by stage. They are read as documentation,
 * held by test/unit/routers/golden.test.ts, and played on a real API server with the product's own CRDs by test/cluster.
 */

const folder = join(import.meta.dirname, '..', 'golden', 'routers')

const object = z.custom<JsonObject & WrittenObject>(isJsonObject)

const stage = z.object({
  name: z.string(),
  /** Weight of the canary, of 100. */
  canary: z.number(),
  /** Revision of the canary pods; `new` when absent, as that of the stable ones is `old`. */
  canaryHash: z.string().optional(),
  stableHash: z.string().optional(),
  /** Which of the two Services of a ping-pong is for the stable pods; `pong` when absent. */
  stablePingPong: z.enum(pingPongs).optional(),
  additional: z
    .array(z.object({ serviceName: z.string(), podTemplateHash: z.string(), weight: z.number() }))
    .optional(),
  headerRoutes: z.custom<TrafficIntent['headerRoutes']>().optional(),
  mirrorRoutes: z.custom<TrafficIntent['mirrorRoutes']>().optional(),
  sessionCookie: z.custom<NonNullable<TrafficIntent['sessionCookie']>>().optional(),
  /** The writes that this takes, in their order: `patch Kind/name`. */
  writes: z.array(z.string()).optional(),
  /** The objects after it, of those that differ from the stage before. */
  after: z.array(object).optional(),
})

const golden = z.object({
  about: z.string(),
  strategy: z.custom<NonNullable<NonNullable<Rollout['spec']['strategy']>['canary']>>(isJsonObject),
  objects: z.array(object),
  stages: z.array(stage),
})

/** See the comment at the top of this file. */
export type RouterGolden = z.infer<typeof golden> & { readonly file: string }

/** One stage of a release. */
export type GoldenStage = z.infer<typeof stage>

/** The golden files, those of one product by the beginning of their names. */
export const routerGoldens = (beginning = ''): readonly RouterGolden[] =>
  readdirSync(folder)
    .filter((file) => file.startsWith(beginning))
    .sort()
    .map((file) => ({ ...golden.parse(parseYaml(readFileSync(join(folder, file), 'utf8'))), file: basename(file) }))

/** Writes what came out in the place of what was expected, for a person to review. */
export const rewriteGolden = ({ file, ...written }: RouterGolden): void =>
  writeFileSync(join(folder, file), formatYaml(written))

/** The Rollout `web` of a golden file, at a stage if one is given. */
export const rolloutOf = (
  { strategy }: Pick<RouterGolden, 'strategy'>,
  { stablePingPong }: Pick<GoldenStage, 'stablePingPong'> = {},
): Rollout => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: {
    name: 'web',
    namespace: 'default',
    uid: 'uid-of-web',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: { strategy: { canary: strategy } },
  ...(stablePingPong !== undefined && { status: { canary: { stablePingPong } } }),
})

/** The only router of a golden file, at a stage if one is given. */
export const routerOf = (
  written: Pick<RouterGolden, 'strategy'>,
  at: Pick<GoldenStage, 'stablePingPong'> = {},
): BoundRouter => {
  const [router, ...more] = routersOf(rolloutOf(written, at))
  if (router === undefined || more.length > 0) throw new Error('reading a golden file: it must name one router')
  return router
}

/** What a stage asks of the router. */
export const intentOf = ({ strategy }: Pick<RouterGolden, 'strategy'>, asked: GoldenStage): TrafficIntent => {
  const { canary, additional = [], headerRoutes = [], mirrorRoutes = [], sessionCookie } = asked
  const managedRoutes = (strategy.trafficRouting?.managedRoutes ?? []).map(({ name }) => name)
  const intent = trafficIntent(canary, { additional, headerRoutes, mirrorRoutes, managedRoutes })
  const services = serviceRolesOf(rolloutOf({ strategy }, asked))
  const { canaryHash = 'new', stableHash = 'old' } = asked
  return {
    ...intent,
    ...(sessionCookie !== undefined && { sessionCookie }),
    canary: { ...intent.canary, serviceName: services.canary, podTemplateHash: canaryHash },
    stable: { ...intent.stable, serviceName: services.stable, podTemplateHash: stableHash },
  }
}

/** A write as golden files name it. */
export const writeText = ({ type, ref }: ObjectWrite): string => `${type} ${ref.resource.kind}/${ref.name}`

const keyOf = ({ kind, metadata }: WrittenObject): string =>
  `${kind}/${metadata.namespace ?? 'default'}/${metadata.name}`

const after = (write: ObjectWrite, objects: readonly (JsonObject & WrittenObject)[]) => {
  const { resource, namespace, name } = write.ref
  const isIt = (one: WrittenObject) => keyOf(one) === `${resource.kind}/${namespace}/${name}`
  const others = objects.filter((one) => !isIt(one))
  if (write.type === 'delete') return others
  if (write.type === 'create') return [...others, object.parse(write.object)]
  const { metadata = {}, ...patch } = write.patch
  const { resourceVersion: _, ...changes } = isJsonObject(metadata) ? metadata : {}
  const patched = applyMergePatch(objects.find(isIt), { metadata: changes, ...patch })
  return objects.map((one) => (isIt(one) ? object.parse(patched) : one))
}

/** What a router does about an intent until it has nothing to write any more, each pass seeing what the one before wrote. */
export const settle = (
  router: BoundRouter,
  intent: TrafficIntent,
  objects: readonly (JsonObject & WrittenObject)[],
): { readonly writes: readonly string[]; readonly objects: readonly (JsonObject & WrittenObject)[] } => {
  let present = objects
  const writes: string[] = []
  for (let pass = 0; pass < 10; pass++) {
    const wanted = router.desire(intent, knownObjects(...present))
    if (wanted.length === 0) return { writes, objects: present }
    writes.push(...wanted.map(writeText))
    for (const write of wanted) present = after(write, present)
  }
  throw new Error(`settling an intent: the router still writes after 10 passes: ${writes.join(', ')}`)
}
