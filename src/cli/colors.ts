import type { CliContext } from './context.ts'

/**
 * Whether to use colours: never with `--no-color`, on a dumb terminal or when NO_COLOR is set (no-color.org); otherwise on
 * a terminal, or when FORCE_COLOR asks for them.
 */
export const usesColor = ({ env, out }: CliContext, noColor: boolean): boolean => {
  if (noColor || env.TERM === 'dumb' || (env.NO_COLOR ?? '') !== '') return false
  return out.isTty || !['', '0', 'false'].includes(env.FORCE_COLOR ?? '')
}
