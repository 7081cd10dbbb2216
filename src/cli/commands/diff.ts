import { Command, Option } from 'commander'
import { formatFieldError } from '../../api/field-error.ts'
import { podTemplateHashLabel } from '../../api/labels.ts'
import { deployments, podTemplates, replicaSets, rollouts } from '../../api/resources.ts'
import type { Rollout } from '../../api/rollout.ts'
import { asReplicaSet, asRollout } from '../../client/stored-objects.ts'
import { isNotFound } from '../../kube/errors.ts'
import type { StoredObject } from '../../kube/informer.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { cloneJson, objectOr, stringOr } from '../../lib/json-value.ts'
import { CommandError, UsageError } from '../command-error.ts'
import type { Cluster } from '../context.ts'
import type { RolloutDiff } from '../diff/rollout-diff.ts'
import { dataFormats, formatData } from '../format-data.ts'
import { type Bind, type Invocation, type Run, say } from '../invocation.ts'
import { isArgoKind, kindOf, type Manifest, nameOf, namespaceOf, readManifests } from '../manifests.ts'
import { collectWhole } from '../options.ts'
import { styleOf } from '../style.ts'

/** What `--exit-code` makes of it: scripts tell nothing, a change and a release apart. */
const changeCode = 2
const revisionCode = 3

const orNothing = async (reading: Promise<StoredObject>): Promise<StoredObject | undefined> => {
  try {
    return await reading
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

const workloadKinds = { Deployment: deployments, ReplicaSet: replicaSets, PodTemplate: podTemplates } as const

const isWorkloadKind = (kind: string): kind is keyof typeof workloadKinds => Object.hasOwn(workloadKinds, kind)

const templateIn = (kind: string, object: DeepReadonly<JsonObject> | undefined): JsonObject =>
  objectOr(kind === 'PodTemplate' ? object?.template : objectOr(cloneJson<unknown>(object?.spec)).template)

/** The pod template of a spec: its own, or that of the workload it refers to, which may stand in the same files. */
const templateOf = async (
  cluster: Cluster,
  namespace: string,
  spec: DeepReadonly<JsonObject>,
  files: readonly Manifest[],
): Promise<JsonObject> => {
  const { kind, name } = objectOr(spec.workloadRef)
  const [workloadKind, workloadName] = [stringOr(kind) ?? '', stringOr(name) ?? '']
  if (spec.workloadRef === undefined || !isWorkloadKind(workloadKind))
    return objectOr(cloneJson<unknown>(spec.template))
  const inFile = files.find((one) => kindOf(one) === workloadKind && nameOf(one) === workloadName)
  if (inFile) return templateIn(workloadKind, inFile.object)
  const at = { namespace, name: workloadName }
  return templateIn(workloadKind, await orNothing(cluster.client.get(workloadKinds[workloadKind], at)))
}

const ownedBy = async ({ client }: Cluster, namespace: string, rollout: DeepReadonly<Rollout>) => {
  const listed = await client.list(replicaSets, { namespace, labelSelector: podTemplateHashLabel })
  return listed
    .map(asReplicaSet)
    .filter(({ metadata }) => (metadata.ownerReferences ?? []).some(({ uid }) => uid === rollout.metadata.uid))
}

const diffOf = async (cluster: Cluster, manifest: Manifest, files: readonly Manifest[]): Promise<RolloutDiff> => {
  const namespace = namespaceOf(manifest) ?? cluster.namespace
  const name = nameOf(manifest)
  const found = await orNothing(cluster.client.get(rollouts, { namespace, name }))
  const live = found && asRollout(found)
  // What compares templates knows every field of a pod: too much to load for the commands that need none of it.
  const { parseRolloutManifest } = await import('../../api/rollout.ts')
  const { rolloutDiff } = await import('../diff/rollout-diff.ts')
  const parsed = parseRolloutManifest(manifest.object)
  if (!parsed.ok)
    throw new CommandError(`${manifest.file}: rollout '${name}': ${parsed.errors.map(formatFieldError).join('; ')}`)
  const wanted = objectOr(cloneJson<unknown>(parsed.value.spec))
  return rolloutDiff({
    name,
    namespace,
    wanted,
    wantedTemplate: await templateOf(cluster, namespace, wanted, files),
    template:
      live === undefined ? {} : await templateOf(cluster, namespace, objectOr(cloneJson<unknown>(live.spec)), []),
    live,
    replicaSets: live === undefined ? [] : await ownedBy(cluster, namespace, live),
  })
}

const exitCodeOf = (diffs: readonly RolloutDiff[]): number => {
  if (diffs.some(({ revision }) => revision.outcome !== 'same')) return revisionCode
  return diffs.some(({ changes }) => changes.length > 0) ? changeCode : 0
}

const print = async (invocation: Invocation, diffs: readonly RolloutDiff[]): Promise<void> => {
  const { options } = invocation
  const format = options.text('output')
  if (format !== undefined) return say(invocation, await formatData(diffs, format))
  const { renderDiff } = await import('../diff/render-diff.ts')
  for (const diff of diffs) say(invocation, renderDiff(diff, styleOf(invocation)).join('\n'))
}

const diff: Run = async (invocation) => {
  const { context, options } = invocation
  const files = options.texts('filename')
  if (files.length === 0) throw new UsageError('a file is needed')
  const manifests = await readManifests(context, files)
  const wanted = manifests.filter((one) => isArgoKind(one, 'Rollout'))
  if (wanted.length === 0) throw new CommandError(`there is no Rollout in ${files.join(', ')}`)
  const diffs = await invocation.withCluster(async (cluster) => {
    const all: RolloutDiff[] = []
    for (const manifest of wanted) all.push(await diffOf(cluster, manifest, manifests))
    return all
  })
  await print(invocation, diffs)
  const code = options.isOn('exitCode') ? exitCodeOf(diffs) : 0
  if (code !== 0) invocation.exitWith(code)
}

/** `diff`: tells what a manifest would change, before it does. */
export const diffCommand = (bind: Bind): Command =>
  new Command('diff')
    .summary('Tell what a manifest would change: a revision or not, and why')
    .description(
      'Compares the Rollouts of files with those of the cluster: whether a revision begins, an earlier one comes back, or nothing is released, ' +
        'and what comes of each field that differs. Nothing is written. A file counts as the whole of what is wanted; without spec.replicas the size stays. ' +
        'With --exit-code it exits with 0 when nothing changes, 2 when something changes without a release, and 3 when a revision begins.',
    )
    .option(
      '-f, --filename <file>',
      'File with the objects, - for standard input; may be given several times',
      collectWhole,
    )
    .option('--exit-code', 'Tell by the exit code what would change')
    .option('--no-color', 'Use no colours')
    .addOption(new Option('-o, --output <format>', 'Print what would change as data').choices(dataFormats))
    .action(bind(diff))
