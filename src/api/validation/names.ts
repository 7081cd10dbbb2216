/**
 * What Kubernetes accepts as a name, label or key, in its words (k8s.io/apimachinery, `pkg/util/validation`).
 * Each function returns the reasons against a value: none when it is fine.
 */
type Reasons = readonly string[]

/** How Kubernetes words a value that does not fit a pattern. */
const patternReason = (rule: string, pattern: string, examples: readonly string[]): string =>
  `${rule} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}regex used for validation is '${pattern}')`

const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`)

const tooLong = (limit: number): string => `must be no more than ${limit} characters`

const namePattern = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const nameRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const nameReason = patternReason(nameRule, namePattern, ['MyName', 'my.name', '123-abc'])
const dnsLabelPattern = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomainPattern = `${dnsLabelPattern}(\\.${dnsLabelPattern})*`
const labelValuePattern = `(${namePattern})?`

const fits = (pattern: string, value: string): boolean => whole(pattern).test(value)

/** A lower-case DNS label of at most 63 characters (RFC 1123), such as a container's name. */
export const dnsLabelReasons = (value: string): Reasons => [
  ...(value.length > 63 ? [tooLong(63)] : []),
  ...(fits(dnsLabelPattern, value)
    ? []
    : [
        patternReason(
          "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
          dnsLabelPattern,
          ['my-name', '123-abc'],
        ),
      ]),
]

/** A lower-case DNS name of at most 253 characters (RFC 1123), such as the name of most objects. */
export const dnsSubdomainReasons = (value: string): Reasons => [
  ...(value.length > 253 ? [tooLong(253)] : []),
  ...(fits(subdomainPattern, value)
    ? []
    : [
        patternReason(
          "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
          subdomainPattern,
          ['example.com'],
        ),
      ]),
]

/** A qualified name: a label or annotation key, with or without a DNS prefix and a slash. */
export const qualifiedNameReasons = (value: string): Reasons => {
  const parts = value.split('/')
  if (parts.length > 2) {
    return [`a qualified name ${nameReason} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  }
  const [prefix, name] = parts.length === 2 ? [parts[0] ?? '', parts[1] ?? ''] : [undefined, value]
  const prefixReasons = prefix === undefined ? [] : prefix === '' ? ['must be non-empty'] : dnsSubdomainReasons(prefix)
  return [
    ...prefixReasons.map((reason) => `prefix part ${reason}`),
    ...(name === '' ? ['name part must be non-empty'] : name.length > 63 ? [`name part ${tooLong(63)}`] : []),
    ...(fits(namePattern, name) ? [] : [`name part ${nameReason}`]),
  ]
}

/** The value of a label. */
export const labelValueReasons = (value: string): Reasons => [
  ...(value.length > 63 ? [tooLong(63)] : []),
  ...(fits(labelValuePattern, value)
    ? []
    : [
        patternReason(
          "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
          labelValuePattern,
          ['MyValue', 'my_value', '12345'],
        ),
      ]),
]
