import { compareStrings } from '../../lib/go-string.ts'
import { FunctionError } from '../template-error.ts'

/** A version as semver.org has it, and as it was spelled. */
export interface SemanticVersion {
  readonly original: string
  readonly major: bigint
  readonly minor: bigint
  readonly patch: bigint
  readonly prerelease: string
  readonly metadata: string
}

const versionPattern =
  /^v?([0-9]+)(\.[0-9]+)?(\.[0-9]+)?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/

const hasLeadingZero = (prerelease: string): boolean => prerelease.split('.').some((part) => /^0[0-9]+$/.test(part))

/** Reads a version; minor and patch may be missing, and are 0. Throws FunctionError. */
export const parseVersion = (text: string): SemanticVersion => {
  const match = versionPattern.exec(text)
  if (match === null) throw new FunctionError('Invalid Semantic Version')
  const [, major = '', minor = '.0', patch = '.0', prerelease = '', metadata = ''] = match
  if (hasLeadingZero(prerelease)) throw new FunctionError('Version segment starts with 0')
  return {
    original: text,
    major: BigInt(major),
    minor: BigInt(minor.slice(1)),
    patch: BigInt(patch.slice(1)),
    prerelease,
    metadata,
  }
}

/** A version as `semver` prints it, with all three numbers. */
export const versionText = ({ major, minor, patch, prerelease, metadata }: SemanticVersion): string =>
  `${major}.${minor}.${patch}${prerelease === '' ? '' : `-${prerelease}`}${metadata === '' ? '' : `+${metadata}`}`

const comparePart = (left: string | undefined, right: string | undefined): number => {
  if (left === right) return 0
  if (left === undefined) return -1
  if (right === undefined) return 1
  const [leftIsNumber, rightIsNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)]
  if (leftIsNumber && rightIsNumber) return BigInt(left) < BigInt(right) ? -1 : BigInt(left) > BigInt(right) ? 1 : 0
  // Numbers come before texts.
  if (leftIsNumber !== rightIsNumber) return leftIsNumber ? -1 : 1
  return compareStrings(left, right)
}

const comparePrereleases = (left: string, right: string): number => {
  if (left === right) return 0
  // What is released comes after all that was before.
  if (left === '' || right === '') return left === '' ? 1 : -1
  const [a, b] = [left.split('.'), right.split('.')]
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const order = comparePart(a[index], b[index])
    if (order !== 0) return order
  }
  return 0
}

/** Below zero, zero, above zero. Metadata does not count. */
export const compareVersions = (left: SemanticVersion, right: SemanticVersion): number => {
  for (const part of ['major', 'minor', 'patch'] as const) {
    if (left[part] !== right[part]) return left[part] < right[part] ? -1 : 1
  }
  return comparePrereleases(left.prerelease, right.prerelease)
}
