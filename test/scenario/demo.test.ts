import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { parseDemoArguments } from '../../src/demo/arguments.ts'
import { showDemo, type Theatre } from '../../src/demo/show.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { sleepOn } from '../../src/lib/clock.ts'

/** A wall on which time passes as fast as the demo looks at it. */
const fastClock = (): Clock => {
  let nowMs = 0
  const setTimer: Clock['setTimer'] = (delayMs, callback) => {
    const handle = setImmediate(() => {
      nowMs += Math.max(0, delayMs)
      callback()
    })
    return { cancel: () => clearImmediate(handle) }
  }
  return {
    now: () => nowMs,
    monotonic: () => nowMs,
    setTimer,
    sleep: (delayMs, signal) => sleepOn({ setTimer }, delayMs, signal),
  }
}

const show = async (args: string[], theatre: Partial<Theatre> = {}) => {
  const clock = fastClock()
  let text = ''
  await showDemo(parseDemoArguments(args), {
    output: { write: (part) => (text += part) },
    terminal: () => undefined,
    color: false,
    dashboardPage: async () => '<html><head></head></html>',
    clock,
    signal: new AbortController().signal,
    ...theatre,
  })
  return { text, lines: text.split('\n'), wallSeconds: clock.monotonic() / 1000 }
}

const onTerminal = (columns: number, rows: number, color = false): Partial<Theatre> => ({
  terminal: () => ({ columns, rows }),
  color,
})

const shows = new Map<string, ReturnType<typeof show>>()

/** The demo on a terminal of this size; the same show for everybody who asks. */
const live = (columns: number, rows: number, color = false): ReturnType<typeof show> => {
  const key = `${columns}x${rows} ${color}`
  const known = shows.get(key) ?? show([], onTerminal(columns, rows, color))
  shows.set(key, known)
  return known
}

/** The pictures that were shown one after the other, without the codes that move the cursor. */
const pictures = (text: string): readonly (readonly string[])[] =>
  text
    .split('\u001b[H')
    .slice(1)
    .map((picture) => stripVTControlCharacters(picture).split('\n'))

describe('the demo', () => {
  it('prints plain lines without a terminal: one release is promoted, one rolled back, with the reason', async () => {
    const { lines, text } = await show([])
    assert.ok(
      lines.some((line) =>
        /event +Rollout demo\/shop: RolloutCompleted: Rollout completed update to revision 2/.test(line),
      ),
    )
    assert.ok(
      lines.some((line) => /measurement +AnalysisRun demo\/shop-.*-3: success-rate = \[0\.9.*\]: Failed/.test(line)),
    )
    assert.match(
      text,
      /Rollout demo\/shop is Degraded - RolloutAborted: .*assessed Failed due to failed \(2\) > failureLimit \(1\)/,
    )
    assert.match(text, /What to try next:/)
    assert.equal(stripVTControlCharacters(text), text)
    assert.doesNotMatch(text, /unmatched/)
  })

  it('has the same history every time', async () => {
    assert.equal((await show([])).text, (await show([])).text)
  })

  it('takes 20 to 40 seconds on a terminal', async () => {
    const { wallSeconds } = await live(80, 24)
    assert.ok(wallSeconds >= 20 && wallSeconds <= 40, `${wallSeconds} s`)
  })

  for (const [columns, rows] of [
    [80, 24],
    [120, 50],
  ] as const) {
    it(`fits into ${columns} columns and ${rows} rows`, async () => {
      const { text } = await live(columns, rows)
      const shown = pictures(text).slice(0, -1)
      assert.ok(shown.length > 100)
      for (const picture of shown) {
        assert.ok(picture.length <= rows, `${picture.length} rows:\n${picture.join('\n')}`)
        for (const line of picture) assert.ok([...line].length <= columns, line)
      }
    })
  }

  it('shows the weight, the measurements and the reason beside the tree', async () => {
    const { text } = await live(120, 50)
    const all = pictures(text).map((picture) => picture.join('\n'))
    assert.ok(all.some((picture) => /shop:1 stable 60 %, shop:2 canary 40 %/.test(picture)))
    const last = all.findLast((picture) => picture.includes('⟳ shop')) ?? ''
    assert.match(last, /✖ Degraded/)
    assert.match(last, /RolloutAborted: Rollout aborted update to revision 3/)
    assert.match(last, /✔0\.99\d? .*✖0\.9/)
    assert.match(last, /shop:2 stable 100 %/)
    assert.match(last, /α shop-.*-3 +AnalysisRun +✖ Failed/)
  })

  it('uses colours only where they are wanted', async () => {
    const colored = (text: string) => text.includes('\u001b[3')
    assert.ok(colored((await live(80, 24, true)).text))
    assert.ok(!colored((await live(80, 24)).text))
  })

  it('gives the cursor back when it is interrupted', async () => {
    const interrupted = new AbortController()
    const { text } = await show([], {
      ...onTerminal(80, 24),
      signal: interrupted.signal,
      clock: { ...fastClock(), sleep: async () => interrupted.abort() },
    })
    assert.ok(text.indexOf('\u001b[?25h') > text.indexOf('\u001b[?25l'))
  })

  it('is shown in a browser, as long as somebody looks', async () => {
    const enough = new AbortController()
    let told = (_address: string): void => {}
    const address = new Promise<string>((resolve) => {
      told = resolve
    })
    const write = (text: string): void => told(/http:\S+/.exec(text)?.[0] ?? '')
    const over = show(['--dashboard'], { ...onTerminal(80, 24), output: { write }, signal: enough.signal })
    const { origin, pathname, searchParams } = new URL(await address)
    const headers = { authorization: `Bearer ${searchParams.get('token')}`, accept: 'text/event-stream' }
    const { body } = await fetch(`${origin}${pathname}api/v1/rollouts/demo/info/watch`, { headers })
    let seen = ''
    for await (const part of (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      seen += part
      if (seen.includes('"type":"Updated"')) break
    }
    enough.abort()
    await over
    assert.match(seen, /"name":"shop"/)
  })

  it('says what is wrong with its arguments', () => {
    assert.throws(() => parseDemoArguments(['--sped', '3']), /--sped.*[\s\S]*--help/)
    assert.throws(() => parseDemoArguments(['--speed', 'fast']), /--speed fast: give a number above 0/)
  })

  it('says what is wrong with a scenario that cannot be read', async () => {
    await assert.rejects(show(['--scenario', 'nowhere.yaml']), /reading .*nowhere\.yaml.*no such file/)
  })
})
