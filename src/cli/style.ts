import type { Style } from '../view/line.ts'
import { usesColor } from './colors.ts'
import type { CliContext } from './context.ts'
import type { Invocation } from './invocation.ts'

/**
 * Whether a terminal shows more than ASCII. Only a locale that says otherwise counts (POSIX: LC_ALL before LC_CTYPE before
 * LANG): in containers there often is none at a terminal that shows all. What reads a pipe knows the signs.
 */
const showsUnicode = ({ env, out }: CliContext): boolean => {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  return !out.isTty || locale === '' || /utf-?8/i.test(locale)
}

/** How a command draws, by its `--no-color` and where it draws to. */
export const styleOf = ({ context, options }: Pick<Invocation, 'context' | 'options'>): Style => ({
  color: usesColor(context, !options.isOn('color')),
  ascii: !showsUnicode(context),
})
