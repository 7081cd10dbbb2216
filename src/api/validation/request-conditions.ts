import type { DeepReadonly } from '../../lib/json.ts'
import { type FieldError, invalid } from '../field-error.ts'
import type { NamedMatch, SetHeaderRoute } from '../steps.ts'
import { routeMatchErrors } from './string-match.ts'

/** What the name of a cookie is made of: a token of HTTP (RFC 6265, 4.1.1; RFC 9110, 5.6.2). */
export const cookieName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

const cookieErrors = ({ name, value }: DeepReadonly<NamedMatch>, field: string): readonly FieldError[] => {
  const isAnchored = /^\^|\$$/.test(value.regex ?? '')
  const anchored = 'is compared with the whole value of the cookie as it is: leave out ^ and $'
  return [
    ...(cookieName.test(name) ? [] : [invalid(`${field}.name`, name, 'must be a name that a cookie can have')]),
    ...routeMatchErrors(value, field, false),
    ...(isAnchored ? [invalid(`${field}.value.regex`, value.regex, anchored)] : []),
  ]
}

/** Faults of the conditions of a setHeaderRoute step beyond headers: its cookie and its query parameters. */
export const requestConditionErrors = (
  { match = [], cookie, queryParams = [] }: DeepReadonly<SetHeaderRoute>,
  field: string,
): readonly FieldError[] => {
  const names = queryParams.map(({ name }) => name)
  const asksTwice = cookie !== undefined && match.some(({ headerName }) => headerName.toLowerCase() === 'cookie')
  return [
    ...(cookie === undefined ? [] : cookieErrors(cookie, `${field}.cookie`)),
    ...(asksTwice
      ? [
          invalid(
            `${field}.cookie.name`,
            cookie.name,
            'cannot be asked for beside the header Cookie: use one of the two',
          ),
        ]
      : []),
    ...queryParams.flatMap(({ name, value }, index) => {
      const at = `${field}.queryParams[${index}]`
      const isRepeated = names.indexOf(name) !== index
      return [
        ...(name === '' || isRepeated ? [invalid(`${at}.name`, name, 'must be set, and once for each parameter')] : []),
        ...routeMatchErrors(value, at, false),
      ]
    }),
  ]
}
