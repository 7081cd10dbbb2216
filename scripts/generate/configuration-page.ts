import { environmentSchema, flags, mootFlags, refusedFlags } from '../../src/operator/configuration.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  `| ${head.join(' | ')} |`,
  `|${head.map(() => '---').join('|')}|`,
  ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
]

/** Flags that only Crossfade has. */
const additions = new Set([...['config-map-name', 'config-map-namespace', 'published-metrics-only', 'traces', 'help']])

const defaultOf = (flag: { readonly default?: string | boolean }): string =>
  flag.default === undefined || flag.default === '' ? '' : `\`${flag.default}\``

const flagRows = Object.entries(flags).map(([name, flag]) => [
  `\`--${name}\`${additions.has(name) ? ' +' : ''}`,
  defaultOf(flag),
  flag.help,
])

const variableRows = Object.entries(environmentSchema.shape).map(([name, schema]) => [
  `\`${name}\``,
  schema.description ?? '',
])

const reasons = (names: Readonly<Record<string, string>>): string[][] =>
  Object.entries(names).map(([name, why]) => [`\`--${name}\``, why])

/** The page of everything that can be set, from the schema that reads it. */
export const configurationPage = (): string =>
  [
    '# Configuration of the controller',
    '',
    'This page is made from the flags themselves by `npm run generate`; a test keeps it true. With Helm, flags are set by',
    '`flags`, such as `--set flags.loglevel=debug`; the chart checks them by the same schema before it writes anything.',
    '',
    '## Flags',
    '',
    'Names and defaults are those of the published controller, whose command lines are understood, also `--flag=false`. A + marks additions',
    'of Crossfade. A value that cannot be used, or an unknown flag, ends the controller at once with a message that names it.',
    '',
    ...table(['Flag', 'Default', 'What it does'], flagRows),
    '',
    'The published default of `--qps` is 40: it holds back the controller in its own process. Here the API server says when it has too much',
    'to do (status 429, with the time to wait), which is obeyed; set the flag where your API server is without priority and fairness.',
    '',
    'Published flags without an effect, because what they steer is done otherwise. They are taken, and the log names them:',
    '',
    ...table(['Flag', 'Why'], reasons(mootFlags)),
    '',
    'Published flags that are refused:',
    '',
    ...table(['Flag', 'Why'], reasons(refusedFlags)),
    '',
    '## Environment',
    '',
    ...table(['Variable', 'What it does'], variableRows),
    '',
    'Proxies are taken from `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. Metric systems read variables of their own, such as',
    '`DD_API_KEY` or those of AWS and Google: [metric providers](providers.md) names them.',
    '',
    '## The ConfigMap `argo-rollouts-config`',
    '',
    'In the namespace of the controller, unless `--config-map-namespace` and `--config-map-name` say otherwise. It is watched: a change',
    'counts at once, without a restart, and what is wrong in it is in the log and on the objects that need it. With Helm: `config`.',
    '',
    ...table(
      ['Key', 'What it is'],
      [
        ['`metricProviderPlugins`', 'List of plugins that measure'],
        ['`trafficRouterPlugins`', 'List of plugins that route traffic'],
        ['`stepPlugins`', 'List of plugins that are steps of a canary'],
      ],
    ),
    '',
    'Their fields: [plugins](plugins.md).',
    '',
  ].join('\n')
