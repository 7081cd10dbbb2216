import { JsonPathError } from './template.ts'

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
}

/** The characters of a string in single or double quotes, escapes as in Go's string literals. Throws for an unknown escape. */
export const unquote = (quoted: string): string =>
  quoted
    .slice(1, -1)
    .replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.|$)/gs, (_, sequence: string) => {
      const simple = simpleEscapes[sequence]
      if (simple !== undefined) return simple
      if (/^[xuU]./.test(sequence)) return String.fromCodePoint(Number.parseInt(sequence.slice(1), 16))
      if (/^[0-7]{3}$/.test(sequence)) return String.fromCodePoint(Number.parseInt(sequence, 8))
      throw new JsonPathError(`unquote string ${quoted} error invalid syntax`)
    })
