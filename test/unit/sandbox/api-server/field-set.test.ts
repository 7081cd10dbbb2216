import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  difference,
  type FieldSet,
  fieldSetNode,
  formatPaths,
  intersection,
  union,
} from '../../../../src/sandbox/api-server/server-side-apply/field-set.ts'

/** Sets whose nodes are built as the code builds them: never a container that holds nothing. */
const fieldSets: fc.Arbitrary<FieldSet | undefined> = fc
  .letrec<{ node: FieldSet | undefined }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      fc.constant<FieldSet | undefined>({}),
      fc
        .record({
          member: fc.boolean(),
          children: fc.dictionary(fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:1'), tie('node'), { maxKeys: 3 }),
        })
        .map(({ member, children }) => {
          const present = Object.entries(children).filter(
            (entry): entry is [string, FieldSet] => entry[1] !== undefined,
          )
          return fieldSetNode(member, Object.fromEntries(present))
        }),
    ),
  }))
  .node.map((node) => (node === undefined ? undefined : fieldSetNode(false, { 'f:root': node })))

const paths = (set: FieldSet | undefined): Set<string> => new Set(formatPaths(set))

describe('sets of fields', () => {
  it('behave like sets of paths', () => {
    fc.assert(
      fc.property(fieldSets, fieldSets, (a, b) => {
        const [inA, inB] = [paths(a), paths(b)]
        assert.deepEqual(paths(union(a, b)), new Set([...inA, ...inB]))
        assert.deepEqual(paths(intersection(a, b)), new Set([...inA].filter((path) => inB.has(path))))
        assert.deepEqual(paths(difference(a, b)), new Set([...inA].filter((path) => !inB.has(path))))
      }),
    )
  })

  it('name their paths as messages of the server do', () => {
    const set = {
      'f:spec': {
        'f:containers': { 'k:{"name":"app"}': { '.': {}, 'f:image': {} } },
        'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { 'f:name': {} } },
        'f:finalizers': { 'v:"hold"': {} },
      },
    }
    assert.deepEqual(formatPaths(set), [
      '.spec.containers[name="app"]',
      '.spec.containers[name="app"].image',
      '.spec.ports[port=80,protocol="TCP"].name',
      '.spec.finalizers[="hold"]',
    ])
  })
})
