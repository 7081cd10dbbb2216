import { createHash, createHmac } from 'node:crypto'
import type { NetRequest } from '../../kube/net.ts'

/** Keys of an AWS identity; a session token comes with temporary ones. */
export interface AwsKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/** What a signature is good for: one service of one region, and some minutes around `now` (milliseconds since the epoch). */
export interface SigningScope {
  readonly region: string
  readonly service: string
  readonly now: number
}

const algorithm = 'AWS4-HMAC-SHA256'

/** Headers that proxies change or that are added after signing. */
const unsigned: ReadonlySet<string> = new Set([
  'authorization',
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'user-agent',
  'x-amzn-trace-id',
])

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** RFC 3986 percent encoding of everything but unreserved characters; `encodeURIComponent` leaves five more. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

/** Every service but S3 encodes the segments of the path a second time. */
const canonicalPath = (url: URL): string => url.pathname.split('/').map(encode).join('/')

const byCode = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

const canonicalQuery = (url: URL): string =>
  [...url.searchParams]
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(([a, x], [b, y]) => byCode(a, b) || byCode(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')

const headersToSign = (headers: Readonly<Record<string, string>>): (readonly [string, string])[] =>
  Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, ' ')] as const)
    .filter(([name]) => !unsigned.has(name))
    .sort(([a], [b]) => byCode(a, b))

const signingKey = (secret: string, date: string, { region, service }: SigningScope): Buffer =>
  [date, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`) as Buffer

/** `20150830T123600Z`. */
const amzDate = (now: number): string => new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '')

/**
 * The request with the headers that prove who sends it (AWS, "Signature Version 4 signing process"). The query is put into the
 * canonical spelling, in which `+` is no blank. The body is signed too, so that nobody changes it afterwards.
 */
export const signRequest = (request: NetRequest, keys: AwsKeys, scope: SigningScope): NetRequest => {
  const url = new URL(request.url)
  const query = canonicalQuery(url)
  const time = amzDate(scope.now)
  const date = time.slice(0, 8)
  const headers: Record<string, string> = {
    ...request.headers,
    'x-amz-date': time,
    ...(keys.sessionToken && { 'x-amz-security-token': keys.sessionToken }),
  }
  const signed = headersToSign({ ...headers, host: url.host })
  const names = signed.map(([name]) => name).join(';')
  const canonical = [
    request.method.toUpperCase(),
    canonicalPath(url),
    query,
    ...signed.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha256(request.body ?? ''),
  ].join('\n')
  const place = `${date}/${scope.region}/${scope.service}/aws4_request`
  const toSign = [algorithm, time, place, sha256(canonical)].join('\n')
  const signature = hmac(signingKey(keys.secretAccessKey, date, scope), toSign).toString('hex')
  url.search = query
  headers.authorization = `${algorithm} Credential=${keys.accessKeyId}/${place}, SignedHeaders=${names}, Signature=${signature}`
  return { ...request, url: url.href, headers }
}
