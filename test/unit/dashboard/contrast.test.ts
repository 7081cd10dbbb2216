import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const css = readFileSync(join(import.meta.dirname, '../../../src/dashboard/style/base.css'), 'utf8')

const pairs = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w+), (#\w+)\)/g)].map(([, name = '', light = '', dark = '']) => [
    name,
    { light, dark },
  ]),
)

/** Relative luminance of a colour (WCAG 2.2). */
const luminance = (color: string): number => {
  const digits = color.length === 4 ? [...color.slice(1)].map((digit) => digit + digit).join('') : color.slice(1)
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(digits.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const contrast = (a: string, b: string): number => {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

const texts = ['text', 'quiet', 'accent', 'good', 'busy', 'waiting', 'bad', 'warning', 'unknown', 'off']

for (const scheme of ['light', 'dark'] as const) {
  const colorOf = (name: string): string => pairs.get(name)?.[scheme] ?? assert.fail(`there is no colour ${name}`)
  for (const ground of ['ground', 'panel', 'raised']) {
    test(`every colour of text can be read on the ${scheme} ${ground} (WCAG 2.2 AA: 4.5 to 1)`, () => {
      const poor = texts.filter((text) => contrast(colorOf(text), colorOf(ground)) < 4.5)
      assert.deepEqual(
        poor.map((text) => `${text}: ${contrast(colorOf(text), colorOf(ground)).toFixed(2)}`),
        [],
      )
    })
  }

  test(`controls can be told from the ${scheme} panel (WCAG 2.2 AA: 3 to 1), and the words on the accent read`, () => {
    assert.ok(contrast(colorOf('control'), colorOf('panel')) >= 3)
    assert.ok(contrast(colorOf('on-accent'), colorOf('accent')) >= 4.5)
  })
}

test('charts have the same colours as the page', () => {
  const [light = '', dark = ''] = [...css.matchAll(/\.chart \{([^}]*)\}/g)].map(([, body = '']) => body)
  for (const [body, scheme] of [
    [light, 'light'],
    [dark, 'dark'],
  ] as const) {
    const own = [...body.matchAll(/--([\w-]+): (#\w+)/g)]
    assert.equal(own.length, 11)
    for (const [, name = '', color] of own) assert.equal(color, pairs.get(name)?.[scheme], `${name}, ${scheme}`)
  }
})
