import { FunctionError } from '../template-error.ts'
import { compareVersions, parseVersion, type SemanticVersion } from './semver.ts'

/** One condition, such as `>= 1.2`. What a version leaves out, or has an `x` for, stands for every number. */
interface Condition {
  readonly operator: string
  readonly version: SemanticVersion
  readonly anyMinor: boolean
  readonly anyPatch: boolean
  /** Some part stands for every number. */
  readonly isLoose: boolean
}

const versionSource =
  'v?([0-9|xX*]+)(\\.[0-9|xX*]+)?(\\.[0-9|xX*]+)?(-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?'
const operatorSource = '(=|!=|>=|=>|<=|=<|~>|>|<|~|\\^|)'
const conditionPattern = new RegExp(`\\s*${operatorSource}\\s*${versionSource}\\s*`, 'y')
const rangePattern = new RegExp(`\\s*(${versionSource})\\s+-\\s+(${versionSource})\\s*`, 'g')

const isAny = (part: string | undefined): boolean => part === undefined || /^\.?[xX*]$/.test(part)

const conditionOf = (match: readonly (string | undefined)[]): Condition => {
  const [, operator = '', major, minor, patch, prerelease = ''] = match
  const anyMajor = isAny(major)
  const anyMinor = !anyMajor && isAny(minor)
  const anyPatch = !anyMajor && !anyMinor && isAny(patch)
  const numbers = anyMajor
    ? '0.0.0'
    : anyMinor
      ? `${major}.0.0`
      : anyPatch
        ? `${major}${minor}.0`
        : `${major}${minor}${patch}`
  return {
    operator,
    version: parseVersion(numbers + prerelease),
    anyMinor,
    anyPatch,
    isLoose: anyMajor || anyMinor || anyPatch,
  }
}

/** Conditions that must all hold, with spaces or commas between. */
const conditionsOf = (text: string): Condition[] => {
  if (text.trim() === '') throw new FunctionError(`improper constraint: ${text}`)
  const conditions: Condition[] = []
  for (let at = 0; at < text.length; ) {
    conditionPattern.lastIndex = at
    const match = conditionPattern.exec(text)
    if (match === null) throw new FunctionError(`improper constraint: ${text}`)
    conditions.push(conditionOf(match))
    at += match[0].length
    if (text[at] === ',') at += 1
    else if (at < text.length && !match[0].endsWith(' ')) throw new FunctionError(`improper constraint: ${text}`)
  }
  return conditions
}

const holdsTilde = (version: SemanticVersion, { version: wanted, anyMinor, anyPatch }: Condition): boolean => {
  if (compareVersions(version, wanted) < 0) return false
  const isZero = wanted.major === 0n && wanted.minor === 0n && wanted.patch === 0n
  if (isZero && !anyMinor && !anyPatch) return true
  return version.major === wanted.major && (anyMinor || version.minor === wanted.minor)
}

const holdsCaret = (version: SemanticVersion, { version: wanted, anyMinor, anyPatch }: Condition): boolean => {
  if (compareVersions(version, wanted) < 0) return false
  if (wanted.major > 0n || anyMinor || version.major > 0n) return version.major === wanted.major
  if (wanted.minor > 0n || anyPatch) return version.minor === wanted.minor
  return version.minor === 0n && version.patch === wanted.patch
}

const isAbove = (version: SemanticVersion, { version: wanted, anyMinor, anyPatch, isLoose }: Condition): boolean => {
  if (!isLoose || version.major !== wanted.major)
    return isLoose ? version.major > wanted.major : compareVersions(version, wanted) > 0
  // `> 11` means 12 and more: 11.1 is a part of 11.
  if (anyMinor) return false
  return anyPatch ? version.minor > wanted.minor : compareVersions(version, wanted) > 0
}

const isAtMost = (version: SemanticVersion, { version: wanted, anyMinor, isLoose }: Condition): boolean => {
  if (!isLoose) return compareVersions(version, wanted) <= 0
  if (version.major !== wanted.major) return version.major < wanted.major
  return version.minor <= wanted.minor || anyMinor
}

const differs = (version: SemanticVersion, { version: wanted, anyMinor, anyPatch, isLoose }: Condition): boolean => {
  if (!isLoose) return compareVersions(version, wanted) !== 0
  if (version.major !== wanted.major || (!anyMinor && version.minor !== wanted.minor)) return true
  if (anyMinor) return false
  return anyPatch ? version.prerelease !== wanted.prerelease : compareVersions(version, wanted) !== 0
}

const holds = (version: SemanticVersion, condition: Condition): boolean => {
  const { operator, version: wanted, isLoose } = condition
  // Who asks for releases is given no previews.
  if (version.prerelease !== '' && wanted.prerelease === '' && (operator !== '!=' || isLoose)) return false
  switch (operator) {
    case '!=':
      return differs(version, condition)
    case '>':
      return isAbove(version, condition)
    case '<':
      return compareVersions(version, wanted) < 0
    case '>=':
    case '=>':
      return compareVersions(version, wanted) >= 0
    case '<=':
    case '=<':
      return isAtMost(version, condition)
    case '~':
    case '~>':
      return holdsTilde(version, condition)
    case '^':
      return holdsCaret(version, condition)
    default:
      return isLoose ? holdsTilde(version, condition) : compareVersions(version, wanted) === 0
  }
}

/** Whether a version fulfils a constraint: conditions that must all hold, alternatives with `||` between. Throws FunctionError. */
export const satisfies = (version: SemanticVersion, constraint: string): boolean => {
  const spelled = constraint.replace(
    rangePattern,
    (_, low: string, ...rest: readonly string[]) => `>= ${low}, <= ${rest[4]} `,
  )
  const alternatives = spelled.split('||').map(conditionsOf)
  return alternatives.some((conditions) => conditions.every((condition) => holds(version, condition)))
}
