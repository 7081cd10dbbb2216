import { type LogLine, logVocabulary } from './log-vocabulary.ts'

const code = (text: string): string => `\`${text}\``

const row = ([message, { level, fields, meaning }]: [string, LogLine]): string =>
  `| ${code(message)} | ${level} | ${fields.map(code).join(', ')} | ${meaning} |`

/** The page of the controller's log, from its vocabulary. */
export const logPage = (): string =>
  [
    '# The log',
    '',
    'The controller writes one JSON object a line to standard output (`--logformat text` for `key=value`), nothing else and nowhere',
    'else. Messages are constants, and what differs is in fields, so that a search by `msg` finds all of a kind and nothing else.',
    '',
    'This page is made from the vocabulary by `npm run generate`; a test holds the sources to it.',
    '',
    '| Field | What it is |',
    '|---|---|',
    '| `time`, `level`, `msg` | when, in UTC; `debug`, `info`, `warn` or `error`; the message |',
    '| `rollout`, `experiment`, `analysisRun` | what it is about, as `namespace/name` |',
    '| `controller`, `key` | whose work queue, and the object as `namespace/name` |',
    '| `effect`, `target`, `why` | what was written, to what, and for which reason |',
    '| `phase`, `previous`, `step`, `message` | what a transition led to, and from where |',
    '| `hash` | pod-template hash of the new version |',
    '| `err` | type, message and stack of an error, with its causes |',
    '',
    '| Message | Level | Fields | What it tells |',
    '|---|---|---|---|',
    ...Object.entries(logVocabulary).map(row),
    '',
    'Secrets are in none of them: tokens, passwords, headers, bodies and the data of Secrets are replaced by `[redacted]`.',
    '',
    '## Searches',
    '',
    '```sh',
    '# The story of one Rollout',
    `kubectl -n crossfade logs deploy/crossfade | jq -c 'select(.rollout == "shop/web") | [.time, .msg, .phase, .step, .effect, .target, .why]'`,
    '',
    '# Everything that went wrong',
    `kubectl -n crossfade logs deploy/crossfade | jq -c 'select(.level == "warn" or .level == "error")'`,
    '```',
    '',
  ].join('\n')
