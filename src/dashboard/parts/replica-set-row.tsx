import type { PodInfo, ReplicaSetInfo } from '../../server/dashboard/messages.ts'
import { podTone } from '../model/phase.ts'
import { rolesOf } from '../model/revisions.ts'
import { leftText } from '../model/time-text.ts'
import { useApp } from './app-context.tsx'
import { Icon, ToneIcon } from './icon.tsx'
import { useNow } from './now.tsx'
import { PhaseBadge } from './phase-badge.tsx'

/** Further pods are counted only. */
const maxPods = 60

const restartsText = (restarts = 0): string => (restarts === 0 ? '' : `, ${restarts} restarts`)

/** A pod as its icon; a click copies its name. */
const Pod = ({ pod }: { pod: PodInfo }) => {
  const { session } = useApp()
  const { name } = pod.objectMeta
  const status = pod.status ?? 'Unknown'
  const text = `${name}: ${status}, ready ${pod.ready}${restartsText(pod.restarts)}`
  return (
    <li>
      <button
        type="button"
        class="plain pod"
        aria-label={`${text}. Copy the name`}
        title={`${text} (click to copy the name)`}
        onClick={() => void session.copy(name)}
      >
        <ToneIcon tone={podTone(status, pod.ready)} />
      </button>
    </li>
  )
}

/** The pods of a ReplicaSet. */
export const Pods = ({ pods }: { pods: readonly PodInfo[] }) =>
  pods.length === 0 ? (
    <span class="quiet">No pods</span>
  ) : (
    <ul class="pods">
      {pods.slice(0, maxPods).map((pod) => (
        <Pod key={pod.objectMeta.uid ?? pod.objectMeta.name} pod={pod} />
      ))}
      {pods.length > maxPods && <li class="quiet">and {pods.length - maxPods} more</li>}
    </ul>
  )

/** The parts that a ReplicaSet plays. */
export const Roles = ({ roles }: { roles: readonly string[] }) => (
  <>
    {roles.map((role) => (
      <span key={role} class={`role ${role}`}>
        {role}
      </span>
    ))}
  </>
)

const ScaleDown = ({ deadline }: { deadline: string }) => {
  const left = leftText(deadline, useNow(1000))
  if (left === undefined) return null
  return (
    <span class="quiet">
      <Icon name="clock" /> scaled down in {left}
    </span>
  )
}

/** A ReplicaSet: its name and parts, how many of its pods are available, and each pod. */
export const ReplicaSetRow = ({ replicaSet }: { replicaSet: ReplicaSetInfo }) => (
  <div class="replica-set">
    <div class="row">
      <span class="name mono">{replicaSet.objectMeta.name}</span>
      <Roles roles={rolesOf(replicaSet)} />
      <PhaseBadge phase={replicaSet.status} />
      <span class="number">
        {replicaSet.available ?? 0}/{replicaSet.replicas ?? 0} available
      </span>
      {replicaSet.scaleDownDeadline !== undefined && <ScaleDown deadline={replicaSet.scaleDownDeadline} />}
    </div>
    <Pods pods={replicaSet.pods ?? []} />
  </div>
)
