import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatYaml, parseYaml } from '../../../src/lib/yaml.ts'
import { foldYaml } from '../../../src/lib/yaml-fold.ts'

const long = 'Rollout web has been completed and this text is a very long one which needs to be cut somewhere.'

describe('long lines of YAML', () => {
  it('end at the first space behind column 80, and go on below their key', () => {
    assert.equal(
      foldYaml(formatYaml({ message: long })),
      'message: Rollout web has been completed and this text is a very long one which needs\n  to be cut somewhere.\n',
    )
    assert.equal(
      foldYaml(formatYaml({ slack: { message: long } })),
      'slack:\n  message: Rollout web has been completed and this text is a very long one which needs\n    to be cut somewhere.\n',
    )
  })

  it('stay as they are where there is no space, and in texts that have lines of their own', () => {
    const yaml = formatYaml({ url: `https://example.com/${'x'.repeat(90)}`, text: `${long}\n${long}\n` })
    assert.equal(foldYaml(yaml), yaml)
  })

  it('say the same as before', () => {
    for (const value of [
      { a: `'${long}` },
      { a: `{{ ${long}` },
      { list: [long, `${long} # ${long}`] },
      { a: `x  ${long}` },
      [long],
    ]) {
      assert.deepEqual(parseYaml(foldYaml(formatYaml(value))), value)
    }
  })
})
