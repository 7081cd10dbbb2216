import { stringMapType, stringType } from '../../expr/go-type.ts'
import { typeOf } from '../../expr/value.ts'
import { stringOfBytes } from '../../lib/go-string.ts'
import { FunctionError } from '../template-error.ts'
import { type Cell, type FunctionTable, fixed } from '../template-function.ts'
import { mapOf, memberOf, stringOf } from './arguments.ts'

const refuse = (url: string, reason: string): never => {
  throw new FunctionError(`unable to parse url: parse "${url}": ${reason}`)
}

/** A part of a URL without its escapes. */
const decode = (url: string, part: string): string => {
  if (!part.includes('%')) return part
  const wrong = /%(?![0-9A-Fa-f]{2})[\s\S]{0,2}/u.exec(part)?.[0]
  if (wrong !== undefined) refuse(url, `invalid URL escape "${wrong}"`)
  const pieces = part
    .split(/(%[0-9A-Fa-f]{2})/)
    .map((piece) => (piece.startsWith('%') ? Buffer.from(piece.slice(1), 'hex') : Buffer.from(piece)))
  return stringOfBytes(Buffer.concat(pieces))
}

/** Escapes what must not stand in a part; `allowed` holds the punctuation that may. */
const encode = (part: string, allowed: string): string =>
  Array.from(Buffer.from(part), (byte) => {
    const character = String.fromCharCode(byte)
    return /[A-Za-z0-9_.~-]/.test(character) || allowed.includes(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')

const pathMarks = '$&+,/:;=@'
const userMarks = '$&+,;='
const fragmentMarks = '$&+,/:;=?@!()*'

interface Parts {
  readonly scheme: string
  readonly opaque: string
  readonly userinfo: string
  readonly host: string
  readonly path: string
  readonly query: string
  readonly fragment: string
}

const userinfoText = (userinfo: string): string => {
  const [name = '', ...password] = userinfo.split(':')
  const decoded = [name, ...(password.length === 0 ? [] : [password.join(':')])].map((part) => decode(userinfo, part))
  return decoded.map((part) => encode(part, userMarks)).join(':')
}

const parse = (url: string): Parts => {
  // Control characters are what such addresses hide behind.
  if (/\p{Cc}/u.test(url)) refuse(url, 'net/url: invalid control character in URL')
  const [, beforeFragment = '', fragment = ''] = /^([^#]*)(?:#(.*))?$/s.exec(url) ?? []
  const [, beforeQuery = '', query = ''] = /^([^?]*)(?:\?(.*))?$/s.exec(beforeFragment) ?? []
  const [, scheme = '', rest = ''] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(.*)$/s.exec(beforeQuery) ?? []
  if (scheme === '' && /^[^/]*:/.test(rest)) {
    refuse(url, rest.startsWith(':') ? 'missing protocol scheme' : 'first path segment in URL cannot contain colon')
  }
  const common = { scheme: scheme.toLowerCase(), query, fragment: decode(url, fragment) }
  if (scheme !== '' && rest !== '' && !rest.startsWith('/')) {
    return { ...common, opaque: rest, userinfo: '', host: '', path: '' }
  }
  const [, authority, path = ''] = /^(?:\/\/([^/]*))?(.*)$/s.exec(rest) ?? []
  const at = authority?.lastIndexOf('@') ?? -1
  const host = authority?.slice(at + 1) ?? ''
  const port = /:([^\]:]*)$/.exec(host)?.[1]
  if (port !== undefined && !/^[0-9]*$/.test(port)) refuse(url, `invalid port ":${port}" after host`)
  return {
    ...common,
    opaque: '',
    userinfo: at < 0 ? '' : userinfoText(authority?.slice(0, at) ?? ''),
    host,
    path: decode(url, path),
  }
}

const hostname = (host: string): string => host.replace(/:[0-9]*$/, '').replace(/^\[(.*)\]$/, '$1')

const parsed = ([text]: readonly Cell[]): Cell => {
  const parts = parse(stringOf(text))
  return mapOf([...Object.entries(parts), ['hostname', hostname(parts.host)]])
}

const textMember = (map: Cell, key: string): string => {
  const value = memberOf(map, key)
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  throw new FunctionError(
    `unable to parse ${key} key, must be of type string, but ${typeOf(value)?.kind ?? 'invalid'} found`,
  )
}

const joined = ([map]: readonly Cell[]): string => {
  const [scheme, opaque, host, path, query, fragment, userinfo] = (
    ['scheme', 'opaque', 'host', 'path', 'query', 'fragment', 'userinfo'] as const
  ).map((key) => textMember(map, key))
  const start = scheme === '' ? '' : `${scheme}:`
  const end = `${query === '' ? '' : `?${query}`}${fragment === '' ? '' : `#${encode(fragment ?? '', fragmentMarks)}`}`
  if (opaque !== '') return `${start}${opaque}${end}`
  const hasAuthority = host !== '' || userinfo !== '' || (scheme !== '' && path?.startsWith('//'))
  const user = userinfo === '' ? '' : `${userinfoText(userinfo ?? '')}@`
  const separator = path !== '' && !path?.startsWith('/') && host !== '' ? '/' : ''
  return `${start}${hasAuthority ? `//${user}${host}` : ''}${separator}${encode(path ?? '', pathMarks)}${end}`
}

/** Sprig's functions of URLs. */
export const urlFunctions: FunctionTable = [
  ['urlParse', fixed([stringType], parsed)],
  ['urlJoin', fixed([stringMapType], joined)],
]
