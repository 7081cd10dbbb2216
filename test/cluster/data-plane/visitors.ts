import { Agent } from 'node:http'

import { eventually } from '../harness/wait.ts'
import { ask, atRate, type RequestSettings } from './requests.ts'
import { tableOf } from './table.ts'
import { type Counts, createTally, type Tally } from './tally.ts'

/** Users who come again and again, each with a browser that keeps cookies. */
export interface Visitors {
  /** Requests that carried the cookie. */
  readonly invited: Tally
  /** Requests that did not, since nobody had given it to this browser. */
  readonly others: Tally
  /** From now on requests are counted under another name. */
  note(step: string): void
  /** Resolves with what became of the invited's requests since the last note, when there are so many. @throws ExpectationError */
  untilInvited(requests: number): Promise<Counts>
  /** Ends the requests and prints both tables, once. */
  stop(): Promise<void>
}

/** How many browsers there are; each asks in its turn. */
const browsers = 25

const perSecond = 50

function print(title: string, { windows }: Tally): void {
  const rows = windows().map((window) => ({ step: window.label, weight: '', counts: window.counts() }))
  console.log(
    tableOf(
      title,
      rows.filter(({ counts }) => counts.sent > 0),
    ),
  )
}

/** Lets users with empty browsers come, who ask as `users` do; `cookie` is the name of the one that matters. */
export function startVisitors(users: RequestSettings, cookie: string, label: string): Visitors {
  const agent = new Agent({ keepAlive: true, maxSockets: 100 })
  const jars: (string | undefined)[] = Array.from({ length: browsers }, () => undefined)
  const now = (): number => performance.now()
  const [invited, others] = [createTally(label, now), createTally(label, now)]
  const pending = new Set<Promise<void>>()
  let latest = invited.begin(label)
  let turn = 0
  let stopped = false
  const once = (): void => {
    const browser = turn % browsers
    turn += 1
    const jar = jars[browser]
    const settle = (jar === undefined ? others : invited).send()
    const headers = jar === undefined ? {} : { headers: { cookie: jar } }
    const answer = ask(agent, { ...users, ...headers }).then(({ cookies, ...outcome }) => {
      settle(outcome)
      const given = cookies.find((one) => one.startsWith(`${cookie}=`))
      if (given !== undefined) jars[browser] = given.split(';')[0]
      pending.delete(answer)
    })
    pending.add(answer)
  }
  const ticker = atRate(perSecond, once)
  return {
    invited,
    others,
    note(step) {
      latest = invited.begin(step)
      others.begin(step)
    },
    async untilInvited(requests) {
      const window = latest
      return eventually(
        `${users.host}: ${requests} requests with the cookie`,
        async () => {
          const finished = window.finished()
          return finished >= requests ? { found: window.counts() } : { missing: `${finished} so far` }
        },
        { timeout: 60_000, interval: 50 },
      )
    },
    async stop() {
      if (stopped) return
      stopped = true
      ticker.stop()
      await Promise.all(pending)
      agent.destroy()
      print(`# ${users.host}: requests with the cookie`, invited)
      print(`# ${users.host}: requests of visitors without it`, others)
    },
  }
}
