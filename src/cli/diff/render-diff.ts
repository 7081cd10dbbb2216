import { drawLines, type Line, type Style, span } from '../../view/line.ts'
import type { ConsequentialChange, RevisionOutcome, RolloutDiff } from './rollout-diff.ts'

/** Longer values are cut: the fields are what matters here. */
const longest = 120

const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.length <= longest ? text : `${text.slice(0, longest)}…`
}

const changeLine = ({ path, before, after, consequence }: ConsequentialChange): Line => {
  const [sign, color, values] =
    before === undefined
      ? (['+', 'green', shown(after)] as const)
      : after === undefined
        ? (['-', 'red', shown(before)] as const)
        : (['~', 'yellow', `${shown(before)} → ${shown(after)}`] as const)
  const why = consequence === undefined ? [] : [span(`  (${consequence})`)]
  return [span(`  ${sign} `, color), span(`${path}: ${values}`), ...why]
}

const verdict = (revision: RevisionOutcome, isEqual: boolean): string => {
  switch (revision.outcome) {
    case 'first':
      return 'is created, with revision 1: there are no steps to take for the first'
    case 'same':
      return isEqual
        ? `does not change: revision ${revision.revision} goes on`
        : `no new revision: the pod template means the same as that of revision ${revision.revision}`
    case 'again':
      return revision.isStable
        ? `goes back to the stable revision ${revision.earlier} at once, as revision ${revision.revision}`
        : `asks for revision ${revision.earlier} again, as revision ${revision.revision}`
    case 'new':
      return `revision ${revision.revision} begins: no revision has this pod template`
  }
}

/** What would change, in lines for people: the revision first, then each field. */
export const renderDiff = (diff: RolloutDiff, style: Style): string[] => {
  const { name, revision, changes } = diff
  const head = `rollout '${name}' ${verdict(revision, changes.length === 0)}`
  return drawLines([[span(head)], ...changes.map(changeLine)], style)
}
