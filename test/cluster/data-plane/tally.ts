/** What became of one request: the version that answered it and how, or why nothing did. */
export interface Outcome {
  /** The version that answered, when one did. */
  readonly version?: string
  /** Why the request counts as failed, in few words; absent when it succeeded. */
  readonly failure?: string
}

/** Numbers of requests of a time: all that were sent in it, wherever their answers came. */
export interface Counts {
  readonly sent: number
  /** Answers by version, failed ones of the application among them. */
  readonly answered: ReadonlyMap<string, number>
  /** Failures by reason. */
  readonly failed: ReadonlyMap<string, number>
}

/** A time of which requests are counted apart. */
export interface Window {
  readonly label: string
  counts(): Counts
  /** Requests that have had their outcome. */
  finished(): number
}

/** Counts requests: by the second in which they were sent, and by windows that follow one another. */
export interface Tally {
  /** Notes that a request is sent; call the answer with its outcome. */
  send(): (outcome: Outcome) => void
  /** Ends the present window and begins another. */
  begin(label: string): Window
  /** Every window, in order; the first one has the label given at the beginning. */
  windows(): readonly Window[]
  /** Each second in which requests were sent, from 0. */
  seconds(): ReadonlyMap<number, Counts>
}

interface Bin {
  sent: number
  readonly answered: Map<string, number>
  readonly failed: Map<string, number>
}

const emptyBin = (): Bin => ({ sent: 0, answered: new Map(), failed: new Map() })

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function note(bin: Bin, { version, failure }: Outcome): void {
  if (version !== undefined) increase(bin.answered, version)
  if (failure !== undefined) increase(bin.failed, failure)
}

interface CountedWindow extends Window {
  readonly bin: Bin
  finish(): void
}

function windowOf(label: string): CountedWindow {
  const bin = emptyBin()
  let finished = 0
  return {
    label,
    bin,
    counts: () => ({ sent: bin.sent, answered: new Map(bin.answered), failed: new Map(bin.failed) }),
    finished: () => finished,
    finish: () => {
      finished += 1
    },
  }
}

/** Sums of counts, as of a whole release. */
export function total(all: readonly Counts[]): Counts {
  const sum = emptyBin()
  for (const { sent, answered, failed } of all) {
    sum.sent += sent
    for (const [version, count] of answered) sum.answered.set(version, (sum.answered.get(version) ?? 0) + count)
    for (const [reason, count] of failed) sum.failed.set(reason, (sum.failed.get(reason) ?? 0) + count)
  }
  return sum
}

/** Begins to count; `now` tells milliseconds. */
export function createTally(label: string, now: () => number): Tally {
  const begin = now()
  const seconds = new Map<number, Bin>()
  const windows = [windowOf(label)]
  let present = windows[0] ?? windowOf(label)
  const binOf = (second: number): Bin => {
    const bin = seconds.get(second) ?? emptyBin()
    seconds.set(second, bin)
    return bin
  }
  return {
    send() {
      const window = present
      const bins = [window.bin, binOf(Math.floor((now() - begin) / 1000))]
      for (const bin of bins) bin.sent += 1
      return (outcome) => {
        for (const bin of bins) note(bin, outcome)
        window.finish()
      }
    },
    begin(next) {
      present = windowOf(next)
      windows.push(present)
      return present
    },
    windows: () => windows,
    seconds: () => seconds,
  }
}
