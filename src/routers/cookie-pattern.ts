import type { NamedMatch } from '../api/steps.ts'
import type { DeepReadonly } from '../lib/json.ts'

/** A text as a regular expression that matches nothing else. */
export const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')

const valuePattern = ({ exact, prefix, regex }: DeepReadonly<NamedMatch>['value']): string => {
  if (exact) return escaped(exact)
  return prefix ? `${escaped(prefix)}[^;]*` : `(${regex ?? ''})`
}

const beginning = (name: string): string => `^(.*; ?)?${escaped(name)}=`

/**
 * A regular expression for the whole Cookie header of requests that carry a cookie, among others (RFC 6265, 4.2.1). It says
 * itself where it begins and ends, for products that would look for it anywhere, and is in the syntax of RE2.
 */
export const cookiePattern = ({ name, value }: DeepReadonly<NamedMatch>): string =>
  `${beginning(name)}${valuePattern(value)}(;.*)?$`

/** Whether a regular expression is a {@link cookiePattern} for a cookie of this name. */
export const isCookiePattern = (pattern: string, name: string): boolean => pattern.startsWith(beginning(name))
