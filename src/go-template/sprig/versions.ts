import { boolType, funcOf, type GoType, intType, pointerTo, stringType, uint64Type } from '../../expr/go-type.ts'
import { Func, Scalar, Struct, type Value } from '../../expr/value.ts'
import { type FunctionTable, fixed } from '../template-function.ts'
import { stringOf } from './arguments.ts'
import { compareVersions, parseVersion, type SemanticVersion, versionText } from './semver.ts'
import { satisfies } from './semver-constraint.ts'

const versionType: GoType = pointerTo({ name: 'semver.Version', kind: 'struct', package: 'semver' })

const number = (value: bigint): Scalar => new Scalar(uint64Type, value)

const originalOf = (value: Value | undefined): SemanticVersion => {
  const original = value instanceof Struct ? value.fields.get('Original') : undefined
  return parseVersion(typeof original === 'string' ? original : '')
}

const comparison = (version: SemanticVersion, result: GoType, answer: (order: number) => Value): Func =>
  new Func(funcOf([versionType], [result]), ([other]) => answer(compareVersions(version, originalOf(other))))

/** A version as a value: its parts, what it prints as (`String`), and how it compares. */
const versionValue = (version: SemanticVersion): Struct =>
  new Struct(
    versionType,
    new Map<string, Value>([
      ['Original', version.original],
      ['Major', number(version.major)],
      ['Minor', number(version.minor)],
      ['Patch', number(version.patch)],
      ['Prerelease', version.prerelease],
      ['Metadata', version.metadata],
      ['String', versionText(version)],
      ['Compare', comparison(version, intType, (order) => BigInt(order))],
      ['Equal', comparison(version, boolType, (order) => order === 0)],
      ['LessThan', comparison(version, boolType, (order) => order < 0)],
      ['GreaterThan', comparison(version, boolType, (order) => order > 0)],
    ]),
  )

/** Sprig's functions of semantic versions. */
export const versionFunctions: FunctionTable = [
  ['semver', fixed([stringType], ([text]) => versionValue(parseVersion(stringOf(text))))],
  [
    'semverCompare',
    fixed([stringType, stringType], ([constraint, version]) =>
      satisfies(parseVersion(stringOf(version)), stringOf(constraint)),
    ),
  ],
]
