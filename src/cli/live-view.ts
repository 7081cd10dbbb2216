import { beginFrames, clip, endFrames, frame } from '../view/screen.ts'
import type { CliContext } from './context.ts'
import type { Doorbell } from './doorbell.ts'

/** What is shown at a moment. */
export interface LiveView {
  /** The lines to show, for a terminal of so many columns. Ages in them are as of now. */
  lines(columns: number | undefined): readonly string[]
  /** A text that changes exactly when something other than an age does. */
  fingerprint(): string
}

/** No repaint comes sooner after another: a busy cluster shall not make the screen unreadable. */
const leastGapMs = 200
/** Ages are counted in seconds. */
const ageStepMs = 1000

/** How long a view is shown, and what rings when it may have changed. */
export interface LiveOptions {
  readonly bell: Doorbell
  /** Milliseconds after which it ends; without it, when the user interrupts. */
  readonly limitMs?: number | undefined
}

/** Repaints a terminal in place. */
class Screen {
  readonly #context: CliContext
  #shown = ''

  constructor(context: CliContext) {
    this.#context = context
    context.out.write(beginFrames)
  }

  show(view: LiveView): void {
    const { columns, rows } = this.#context.out
    const next = frame(clip(view.lines(columns), rows))
    if (next !== this.#shown) this.#context.out.write(next)
    this.#shown = next
  }

  end(): void {
    this.#context.out.write(endFrames)
  }
}

/** Prints to a file or a pipe: again only when something has changed, with an empty line in between. */
class Log {
  readonly #context: CliContext
  #fingerprint: string | undefined

  constructor(context: CliContext) {
    this.#context = context
  }

  show(view: LiveView): void {
    const fingerprint = view.fingerprint()
    if (fingerprint === this.#fingerprint) return
    const gap = this.#fingerprint === undefined ? '' : '\n'
    this.#fingerprint = fingerprint
    this.#context.out.write(`${gap}${view.lines(undefined).join('\n')}\n`)
  }

  end(): void {}
}

/** Shows a view until the user interrupts, the time is over, or the view throws. */
export const showLive = async (context: CliContext, view: LiveView, { bell, limitMs }: LiveOptions): Promise<void> => {
  const { clock, signal, out } = context
  const end = clock.monotonic() + (limitMs ?? Number.POSITIVE_INFINITY)
  const left = (): number => end - clock.monotonic()
  const canvas = out.isTty ? new Screen(context) : new Log(context)
  try {
    while (!signal.aborted && left() > 0) {
      canvas.show(view)
      await clock.sleep(Math.min(leastGapMs, left()), signal).catch(() => {})
      await bell.wait(clock, Math.min(out.isTty ? ageStepMs - leastGapMs : left(), left()), signal)
    }
  } finally {
    canvas.end()
  }
}
