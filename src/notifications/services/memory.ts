import { ExpiringCache } from '../../lib/expiring-cache.ts'
import { LruMap } from '../../lib/lru-map.ts'

/** A message in Slack that later ones of the same group answer to, or change. */
export interface SlackThread {
  /** Slack's name for the first message. */
  readonly ts: string
  /** Id of the channel: changing a message needs it, the channel's name does not do. */
  readonly channel: string
}

/** What services remember between two notifications; gone with the process, as with the published controller. Bounded. */
export interface Memory {
  /** By token, recipient and grouping key, hashed. */
  readonly slackThreads: LruMap<string, SlackThread>
  /** Sessions of servers where one logs in, by a hash of who logged in. JSON texts. */
  readonly sessions: ExpiringCache<string>
}

const keptThreads = 5000

/** A memory of nothing. */
export const newMemory = (): Memory => ({ slackThreads: new LruMap(keptThreads), sessions: new ExpiringCache() })
