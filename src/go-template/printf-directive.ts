import { runeCount } from '../lib/go-string.ts'

/** What a directive of a format asks for: `%-5.1f` is verb `f`, left, width 5, precision 1. */
export interface Directive {
  readonly verb: string
  readonly left: boolean
  readonly zero: boolean
  readonly plus: boolean
  readonly space: boolean
  readonly sharp: boolean
  /** In characters; 0 for none. */
  readonly width: number
  readonly precision: number | undefined
}

/** A verb without flags. */
export const plain = (verb: string): Directive => ({
  verb,
  left: false,
  zero: false,
  plus: false,
  space: false,
  sharp: false,
  width: 0,
  precision: undefined,
})

/** The text in the directive's width. */
export const pad = (text: string, { width, left, zero }: Directive): string => {
  const missing = ' '.repeat(Math.max(0, width - runeCount(text)))
  if (left) return text + missing
  return (zero ? missing.replaceAll(' ', '0') : missing) + text
}
