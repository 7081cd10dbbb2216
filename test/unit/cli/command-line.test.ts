import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { follow, normalizeWords } from '../../../src/cli/command-line.ts'
import { createProgram } from '../../../src/cli/program.ts'

const program = createProgram(() => async () => {})

describe('a command line', () => {
  const lines: readonly (readonly [string, string])[] = [
    ['status web --watch=false', 'status web --no-watch'],
    ['status web -w=false', 'status web --no-watch'],
    ['get rollout web -w=true', 'get rollout web --watch'],
    ['list rollouts --watch=false -A', 'list rollouts -A'],
    ['promote web --full=false', 'promote web'],
    ['get ro web -v=6 -n=shop', 'get ro web -v 6 -n shop'],
    ['status web --timeout=60s', 'status web --timeout=60s'],
    ['list rollouts --name -w=false', 'list rollouts --name -w=false'],
    ['set image web *=web:2', 'set image web *=web:2'],
    ['pause -- -w=false', 'pause -- -w=false'],
  ]
  for (const [given, normal] of lines) {
    it(`"${given}" is read as "${normal}"`, () => {
      assert.equal(normalizeWords(program, given.split(' ')).join(' '), normal)
    })
  }

  it('with a switch that is neither on nor off is refused', () => {
    assert.throws(() => normalizeWords(program, ['status', 'web', '-w=perhaps']), {
      message:
        'invalid argument "perhaps" for "-w, --watch" flag: strconv.ParseBool: parsing "perhaps": invalid syntax',
    })
  })

  it('leads to a command by its aliases, past options and their values', () => {
    const { command, operands, pending } = follow(program, ['-n', 'get', 'retry', 'ro', 'web', '--context'])
    assert.deepEqual([command.name(), operands, pending?.long], ['rollout', ['web'], '--context'])
  })
})
