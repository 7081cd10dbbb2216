import { providerDescriptions } from '../../src/providers/descriptions.ts'
import { providers } from '../../src/providers/registry.ts'
import { type ContractPart, contractParts } from '../../test/builders/contract-part.ts'
import { heldContracts } from '../../test/unit/providers/contracts/all.ts'
import { otherTests } from '../../test/unit/providers/contracts/other-tests.ts'

type Name = (typeof providers)[number]['name']

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  row(head),
  `|${head.map(() => '---|').join('')}`,
  ...rows.map(row),
]

const code = (text: string): string => `\`${text}\``

const described = providers.map(({ name }) => {
  const { asks, credentials, addition } = providerDescriptions[name]
  return [`${code(name)}${addition ? ' +' : ''}`, asks, credentials]
})

/** A part counts when every contract of the provider has it. */
const partCell = (name: Name, part: ContractPart): string => {
  const contracts = heldContracts.filter((contract) => contract.name === name)
  if (part === 'secrets hidden' && contracts.every(({ hidden }) => hidden.length === 0)) return 'has none'
  return contracts.every(({ exempt }) => exempt?.[part] === undefined) ? '✓' : '–'
}

const exemptions = heldContracts.flatMap(({ name, exempt = {} }) =>
  Object.entries(exempt).map(([part, why]) => `- ${code(name)}, ${part}: does not apply: ${why}.`),
)

const tested = providers.map(({ name }) => [
  code(name),
  ...contractParts.map((part) => partCell(name, part)),
  (otherTests[name] ?? []).map(code).join(', '),
])

/** The page of metric providers: who they are from the registry, and what was tested from the tests themselves. */
export const providerPage = (): string =>
  [
    '# Metric providers',
    '',
    'This page is made from the registry of providers and from their tests by `npm run generate`; a test keeps it true.',
    'The fields of each are in the CustomResourceDefinitions: `kubectl explain analysistemplate.spec.metrics.provider.<name>`.',
    '',
    ...table(['Provider', 'What it asks', 'Credentials'], described),
    '',
    'A + marks additions of Crossfade: a cluster with the published CustomResourceDefinitions drops these fields.',
    '',
    '## What holds for all',
    '',
    '- A Secret is read for each measurement: a rotated one counts with the next. Its values appear as `*****` in everything that a',
    '  measurement says; addresses, regions and names of organisations may be seen.',
    '- An answer is limited in time (10 s for Datadog, Graphite and web services, 30 s for most others, or as the metric says) and in',
    '  size (4 MiB). A measurement stores at most 16384 characters of a value; conditions see all of it.',
    '- What is no usable answer is an `Error` measurement whose message says why, and never a value: another status than 2xx, HTML,',
    '  half an answer, another shape. The next try comes after 10 s; after more than `consecutiveErrorLimit` of them in a row the',
    '  metric ends as `Error`.',
    '- A series without points, a point without a value and an error beside data are no values either. The published controller reads',
    '  some of them as 0 (Datadog, Wavefront), or judges what came before the error (InfluxDB).',
    '',
    '## What was tested',
    '',
    'Every provider is held to one contract against a server on loopback that answers as its vendor documents, through the',
    "machine's own network code; that of `job` is an API server:",
    '',
    ...table(['Provider', ...contractParts, 'Beside that, in `test/`'], tested),
    ...(exemptions.length > 0 ? ['', 'A dash is a part that is not tested, for this reason:', '', ...exemptions] : []),
    '',
    '- *documented answers*: values, no data, errors, and odd numbers (NaN, infinities, text, null) in the formats of the vendor;',
    '  the request is what the vendor documents; a wrong spec is refused before anybody is asked, with the path of the field.',
    '- *refused credentials*: 401 and 403 say which Secret and keys to look at.',
    '- *throttled, in trouble*: 429 with `Retry-After`, 500, 503: the message says what the server said and how long it wants to wait.',
    '  `job` and nobody else waits instead: an error would start a second Job beside the first.',
    '- *slow, cut off, gone*: silence, an answer that never ends, a cut connection, a server that is not there, a run that was ended.',
    '- *malformed*, *HTML*: nothing, half an object, another object, text, a list, bytes, a login page.',
    '- *10 MB*: no more than the limit is read, and messages stay short.',
    '- *secrets hidden*: a server that echoes everything it was sent gets no secret into a measurement; a Secret or key that is missing',
    '  is named and nobody is asked; a rotated secret is used at once.',
    '',
  ].join('\n')
