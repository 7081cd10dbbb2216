import { anyType, stringType } from '../expr/go-type.ts'
import { Scalar, typeName, type Value } from '../expr/value.ts'
import { requireLength } from './budget.ts'
import { type Directive, plain } from './printf-directive.ts'
import { formatAs } from './printf-value.ts'
import { type Cell, type FunctionTable, variadic } from './template-function.ts'

const directive = /%([-+# 0]*)(?:\[(\d+)\])?(\*|\d*)(?:\.(?:\[(\d+)\])?(\*|\d*))?(?:\[(\d+)\])?([\s\S]|$)/uy

/** Widths and precisions beyond this are taken for mistakes, as Go does. */
const maximumWidth = 1_000_000

interface Scan {
  readonly args: readonly Value[]
  next: number
  /** Arguments were named by number, so that left-over ones are no mistake. */
  isReordered: boolean
}

const jump = (scan: Scan, number: string | undefined): void => {
  if (number === undefined) return
  scan.next = Number(number) - 1
  scan.isReordered = true
}

/** A width or precision: a number, or `*` for the next argument. */
const measure = (
  scan: Scan,
  text: string | undefined,
  complaint: string,
): { value: number | undefined; bad: string } => {
  if (text !== '*') return { value: text === undefined || text === '' ? undefined : Number(text), bad: '' }
  const arg = scan.args[scan.next]
  scan.next += 1
  const value = arg instanceof Scalar ? arg.value : arg
  const isFit = typeof value === 'bigint' && value <= BigInt(maximumWidth) && value >= -BigInt(maximumWidth)
  return isFit ? { value: Number(value), bad: '' } : { value: undefined, bad: complaint }
}

const formatDirective = (scan: Scan, match: RegExpExecArray): string => {
  const [whole, flags = '', first, widthText, second, precisionText, third, verb = ''] = match
  jump(scan, first)
  const width = measure(scan, widthText, '%!(BADWIDTH)')
  jump(scan, second)
  const precision = measure(scan, precisionText, '%!(BADPREC)')
  jump(scan, third)
  const bad = width.bad + precision.bad
  if (verb === '') return `${bad}%!(NOVERB)`
  if (verb === '%') return `${bad}%`
  const arg = scan.args[scan.next]
  if (scan.next < 0 || (arg === undefined && scan.isReordered)) return `${bad}%!${verb}(BADINDEX)`
  if (arg === undefined) return `${bad}%!${verb}(MISSING)`
  scan.next += 1
  const left = flags.includes('-') || (width.value ?? 0) < 0
  const hasPrecision = precisionText !== undefined && precision.bad === '' && (precision.value ?? 0) >= 0
  const asked: Directive = {
    verb,
    left,
    zero: flags.includes('0') && !left,
    // With %v a plus only names the fields of structs.
    plus: flags.includes('+') && verb !== 'v',
    space: flags.includes(' '),
    sharp: flags.includes('#'),
    width: Math.abs(width.value ?? 0),
    precision: hasPrecision || /\./.test(whole) ? (precision.value ?? 0) : undefined,
  }
  requireLength(asked.width + (asked.precision ?? 0))
  return bad + formatAs(arg, asked)
}

const leftOver = ({ args, next, isReordered }: Scan): string => {
  if (isReordered || next >= args.length) return ''
  const rest = args.slice(next).map((arg) => (arg === null ? '<nil>' : `${typeName(arg)}=${formatAs(arg, plain('v'))}`))
  return `%!(EXTRA ${rest.join(', ')})`
}

const valuesOf = (args: readonly Cell[]): Value[] => args.map((arg) => arg ?? null)

/** Go's `fmt.Sprintf`. Mistakes are written into the text, as Go does: `%!d(string=x)`. */
export const sprintf = (format: string, args: readonly Cell[]): string => {
  const scan: Scan = { args: valuesOf(args), next: 0, isReordered: false }
  let text = ''
  for (let at = 0; at < format.length; ) {
    const percent = format.indexOf('%', at)
    text += format.slice(at, percent === -1 ? undefined : percent)
    if (percent === -1) break
    directive.lastIndex = percent
    const match = directive.exec(format)
    if (match === null) break
    text += formatDirective(scan, match)
    at = percent + match[0].length
  }
  return text + leftOver(scan)
}

/** Go's `fmt.Sprint`: a space between two arguments of which none is a string. */
export const sprint = (args: readonly Cell[]): string =>
  valuesOf(args)
    .map((arg, index, all) => {
      const before = all[index - 1]
      const isApart = index > 0 && typeof arg !== 'string' && typeof before !== 'string'
      return (isApart ? ' ' : '') + formatAs(arg, plain('v'))
    })
    .join('')

const sprintln = (args: readonly Cell[]): string =>
  `${valuesOf(args)
    .map((arg) => formatAs(arg, plain('v')))
    .join(' ')}\n`

/** Go's builtins that print into a text. */
export const printBuiltins: FunctionTable = [
  ['print', variadic([], anyType, sprint)],
  ['println', variadic([], anyType, sprintln)],
  ['printf', variadic([stringType], anyType, ([format, ...args]) => sprintf(String(format), args))],
]
