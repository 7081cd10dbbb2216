import type { DeepReadonly } from '../lib/json.ts'

const stepPattern = /\[(?:'([^']*)'|"([^"]*)"|([^\]'"]*))\]|\.?([^.[\]]+)/y

/** `metadata.labels['a/b'].c[0]` as its steps; undefined when it is no path. */
const stepsOf = (path: string): string[] | undefined => {
  const steps: string[] = []
  stepPattern.lastIndex = 0
  while (stepPattern.lastIndex < path.length) {
    const match = stepPattern.exec(path)
    if (match === null) return undefined
    steps.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '')
  }
  return steps
}

/** The text of a scalar field of an object; undefined when the path leads nowhere or to something that is no scalar. */
export const readFieldPath = (object: DeepReadonly<object>, path: string): string | undefined => {
  let found: unknown = object
  for (const step of stepsOf(path) ?? ['']) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined
    found = (found as Record<string, unknown>)[step]
  }
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
    ? String(found)
    : undefined
}
