import type { JsonObject } from '../../src/lib/json.ts'

/** One recorded case whose answer differs. `expected` and `got` are printed as JSON. */
export interface Failure {
  readonly id: string
  readonly expected: unknown
  readonly got: unknown
}

/** One recorded case whose answer differs on purpose. */
export interface DeviatingCase {
  readonly id: string
  readonly reason: string
}

/** What running one suite came to. */
export interface SuiteResult {
  readonly passed: number
  readonly failed: readonly Failure[]
  readonly deviated: readonly DeviatingCase[]
}

/** Recorded answers of one area, and how ours are compared with them. A file may have several suites, one for each of its arrays. */
export interface Suite {
  /** The area, as the table shows it. */
  readonly name: string
  /** The file of recorded answers, such as `expr.json`. */
  readonly file: string
  run(oracle: JsonObject): SuiteResult | Promise<SuiteResult>
}

/** Our answer to one case: equal to the recorded one, or both. */
export type Verdict =
  | { readonly equal: true }
  | { readonly equal: false; readonly expected: unknown; readonly got: unknown }

/** Compares two answers as JSON. */
export const compareAnswers = (expected: unknown, got: unknown): Verdict =>
  JSON.stringify(expected) === JSON.stringify(got) ? { equal: true } : { equal: false, expected, got }

/**
 * Runs every case of an array. A case that differs counts as deviated if `deviations` gives a reason for its id, which is
 * why a deviation that no longer differs is simply passed.
 */
export const runCases = <Case extends { readonly id: string }>(
  cases: readonly Case[],
  judge: (testCase: Case) => Verdict,
  deviations: ReadonlyMap<string, string>,
): SuiteResult => {
  const failed: Failure[] = []
  const deviated: DeviatingCase[] = []
  for (const testCase of cases) {
    const verdict = judge(testCase)
    if (verdict.equal) continue
    const reason = deviations.get(testCase.id)
    if (reason === undefined) failed.push({ id: testCase.id, expected: verdict.expected, got: verdict.got })
    else deviated.push({ id: testCase.id, reason })
  }
  return { passed: cases.length - failed.length - deviated.length, failed, deviated }
}
