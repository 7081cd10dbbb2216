import type { Json } from '../json.ts'
import { isJsonObject } from '../json-value.ts'
import { compare, type Found } from './compare.ts'
import { goText } from './go-text.ts'
import { type JsonPath, JsonPathError, type PathList, type PathNode, type Slice } from './template.ts'

const json = (value: Json): Found => ({ kind: 'json', value })

/** Members of an object by name, so that the first match does not depend on the order in which a server wrote them. */
const membersOf = (value: Json): Json[] => {
  if (Array.isArray(value)) return value
  if (!isJsonObject(value)) return []
  return Object.keys(value)
    .sort()
    .map((key) => value[key] ?? null)
}

/** The name that Go has for the type a JSON value decodes to. */
const goType = ({ kind, value }: Found): string => {
  if (kind === 'integer') return 'int'
  if (isJsonObject(value)) return 'map[string]interface {}'
  if (typeof value === 'number') return 'float64'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

const evaluateField = (input: readonly Found[], name: string): Found[] => {
  if (input.length === 0) return [] // what a filter left nothing of is no missing field
  const found = input.flatMap(({ value }) => {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return []
    return [json(value[name] ?? null)]
  })
  if (found.length === 0) throw new JsonPathError(`${name} is not found`)
  return found
}

const outOfBounds = (index: number, length: number): JsonPathError =>
  new JsonPathError(`array index out of bounds: index ${index}, length ${length}`)

const sliceOf = (list: readonly Json[], slice: Slice): Json[] => {
  const length = list.length
  let start = slice.start ?? 0
  if (start < 0) start += length
  let end = slice.end ?? length
  if (end < 0 || (end === 0 && slice.endDerived)) end += length
  if (start === end) return []
  if (start >= length || start < 0) throw outOfBounds(start, length)
  if (end > length || end < 0) throw outOfBounds(end - 1, length)
  if (start > end) throw new JsonPathError(`starting index ${start} is greater than ending index ${end}`)
  const step = slice.step ?? 1
  if (step <= 0) throw new JsonPathError('step must be > 0')
  return list.slice(start, end).filter((_, index) => index % step === 0)
}

const evaluateSlice = (input: readonly Found[], slice: Slice): Found[] =>
  input.flatMap((found) => {
    if (found.value === null) return []
    if (!Array.isArray(found.value)) throw new JsonPathError(`${goType(found)} is not array or slice`)
    return sliceOf(found.value, slice).map(json)
  })

/** A container, then all that is in it, depth first. Text counts as a container of bytes, an empty one as nothing. */
const descend = (value: Json): Json[] => {
  if (typeof value === 'string') return value === '' ? [] : [value]
  const members = membersOf(value)
  return members.length === 0 ? [] : [value, ...members.flatMap(descend)]
}

const onlyOne = (found: readonly Found[]): Found | undefined => {
  if (found.length > 1) throw new JsonPathError('can only compare one element at a time')
  return found[0]
}

const passes = (item: Json, node: PathNode & { type: 'filter' }): boolean => {
  const input = [json(item)]
  if (node.operator === 'exists') {
    try {
      return walkList(input, node.left).length > 0
    } catch {
      return false // a missing member is what the filter asks about
    }
  }
  const left = onlyOne(walkList(input, node.left))
  if (left === undefined) return false
  const right = onlyOne(walkList(input, node.right))
  return right !== undefined && compare(left, node.operator, right)
}

const evaluateFilter = (input: readonly Found[], node: PathNode & { type: 'filter' }): Found[] =>
  input.flatMap((found) => {
    if (!Array.isArray(found.value)) {
      throw new JsonPathError(`${goText(found.value)} is not array or slice and cannot be filtered`)
    }
    return found.value.filter((item) => passes(item, node)).map(json)
  })

const walk = (input: readonly Found[], node: PathNode): readonly Found[] => {
  switch (node.type) {
    case 'list':
      return walkList(input, node.nodes)
    case 'text':
      return [json(node.text)]
    case 'integer':
      return input.map(() => ({ kind: 'integer', value: node.value }))
    case 'float':
    case 'boolean':
      return input.map(() => json(node.value))
    case 'identifier':
      if (node.name === 'end') throw new JsonPathError('not in range, nothing to end')
      throw new JsonPathError(`unrecognized identifier ${node.name}`)
    case 'field':
      return evaluateField(input, node.name)
    case 'wildcard':
      return input.flatMap(({ value }) => membersOf(value).map(json))
    case 'recursive':
      return input.flatMap(({ value }) => descend(value).map(json))
    case 'slice':
      return evaluateSlice(input, node.slice)
    case 'union':
      return node.branches.flatMap((branch) => walkList(input, branch))
    case 'filter':
      return evaluateFilter(input, node)
  }
}

const walkList = (input: readonly Found[], nodes: PathList): readonly Found[] =>
  nodes.reduce<readonly Found[]>((found, node) => walk(found, node), input)

const isIdentifier = (block: PathNode | undefined, name: string): boolean => {
  const first = block?.type === 'list' ? block.nodes[0] : undefined
  return first?.type === 'identifier' && first.name === name
}

/** Index of the `{end}` that closes the range opened before `from`. */
const endOfRange = (blocks: PathList, from: number): number => {
  let open = 1
  for (let index = from; index < blocks.length; index++) {
    if (isIdentifier(blocks[index], 'range')) open++
    if (isIdentifier(blocks[index], 'end') && --open === 0) return index
  }
  throw new JsonPathError('unterminated range, expect {end}')
}

const evaluateBlocks = (input: readonly Found[], blocks: PathList): Found[] => {
  const results: Found[] = []
  for (let index = 0; index < blocks.length; index++) {
    const block = blocks[index]
    if (block === undefined) break
    if (block.type !== 'list' || !isIdentifier(block, 'range')) {
      results.push(...walk(input, block))
      continue
    }
    const end = endOfRange(blocks, index + 1)
    const body = blocks.slice(index + 1, end)
    for (const item of walkList(input, block.nodes.slice(1))) results.push(...evaluateBlocks([item], body))
    index = end
  }
  return results
}

/** All values that a path finds, in order, over all of its blocks; literal text counts as a value. Throws {@link JsonPathError}. */
export const findAll = (path: JsonPath, data: Json): Json[] =>
  evaluateBlocks([json(data)], path.blocks).map(({ value }) => value)
