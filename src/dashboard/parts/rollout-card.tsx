import type { RolloutInfo } from '../../server/dashboard/messages.ts'
import { rolesOf } from '../model/revisions.ts'
import { routeTo } from '../model/route.ts'
import { weightsOf } from '../model/weights.ts'
import { ActionBar } from './action-bar.tsx'
import { FavoriteButton } from './favorite-button.tsx'
import { Link } from './link.tsx'
import { PhaseBadge } from './phase-badge.tsx'
import { Pods, Roles } from './replica-set-row.tsx'
import { WeightStrip } from './weight-strip.tsx'

/** A Rollout of the list, at a glance. */
export const RolloutCard = ({ info }: { info: RolloutInfo }) => {
  const weights = weightsOf(info)
  const shown = (info.replicaSets ?? []).filter(({ replicas, pods }) => (replicas ?? 0) > 0 || (pods ?? []).length > 0)
  return (
    <article class="card">
      <header>
        <h2>
          <Link to={routeTo(info.objectMeta)} item>
            {info.objectMeta.name}
          </Link>
        </h2>
        <FavoriteButton name={info.objectMeta.name} />
      </header>
      <div class="row">
        <PhaseBadge phase={info.status} />
        <span class="quiet">{info.strategy ?? 'No strategy'}</span>
        {info.step !== undefined && <span class="quiet number">step {info.step}</span>}
      </div>
      {weights && <WeightStrip {...weights} />}
      {shown.map((replicaSet) => (
        <div key={replicaSet.objectMeta.name} class="card-set">
          <div class="row">
            <span class="number">Revision {replicaSet.revision ?? 0}</span>
            <Roles roles={rolesOf(replicaSet)} />
            <span class="quiet number">
              {replicaSet.available ?? 0}/{replicaSet.replicas ?? 0}
            </span>
          </div>
          <Pods pods={replicaSet.pods ?? []} />
        </div>
      ))}
      {info.message !== undefined && info.message !== '' && <p class="message">{info.message}</p>}
      <ActionBar info={info} kinds={['restart', 'promote']} />
    </article>
  )
}
