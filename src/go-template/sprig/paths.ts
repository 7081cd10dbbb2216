import { stringType } from '../../expr/go-type.ts'
import { type Cell, type FunctionTable, fixed, type TemplateFunction } from '../template-function.ts'
import { stringOf } from './arguments.ts'

/** The shortest path to the same place (Go, path, `Clean`). */
const clean = (path: string): string => {
  const isRooted = path.startsWith('/')
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (!isRooted) parts.push(part)
  }
  return (isRooted ? '/' : '') + parts.join('/') || '.'
}

const base = (path: string): string => {
  if (path === '') return '.'
  const name = path.replace(/\/+$/, '').split('/').at(-1) ?? ''
  return name === '' ? '/' : name
}

const extension = (path: string): string => {
  const name = path.split('/').at(-1) ?? ''
  const dot = name.lastIndexOf('.')
  return dot === -1 ? '' : name.slice(dot)
}

const onPath = (compute: (path: string) => Cell): TemplateFunction =>
  fixed([stringType], ([path]) => compute(stringOf(path)))

const functions: FunctionTable = [
  ['base', onPath(base)],
  ['dir', onPath((path) => clean(path.slice(0, path.lastIndexOf('/') + 1)))],
  ['clean', onPath(clean)],
  ['ext', onPath(extension)],
  ['isAbs', onPath((path) => path.startsWith('/'))],
]

const osName = (name: string): string => `os${name.charAt(0).toUpperCase()}${name.slice(1)}`

/** Sprig's functions of paths. Those of the operating system are the same: the controller runs on Linux. */
export const pathFunctions: FunctionTable = [
  ...functions,
  ...functions.map(([name, called]) => [osName(name), called] as const),
]
