import { type Assertion, isWordCode } from './pattern.ts'

/** Whether an assertion holds between two characters; undefined where the text begins or ends. */
export const holds = (assertion: Assertion, before: number | undefined, after: number | undefined): boolean => {
  switch (assertion) {
    case 'textStart':
      return before === undefined
    case 'textEnd':
      return after === undefined
    case 'lineStart':
      return before === undefined || before === 10
    case 'lineEnd':
      return after === undefined || after === 10
    case 'wordBoundary':
      return isWordCode(before) !== isWordCode(after)
    case 'noWordBoundary':
      return isWordCode(before) === isWordCode(after)
  }
}
