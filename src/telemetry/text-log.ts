import type { LogSink } from './logger.ts'

const needsQuotes = /[^\w./@^+:-]/

const rendered = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text === '' || needsQuotes.test(text) ? JSON.stringify(text) : text
}

const errorText = (value: unknown): string => {
  const message = typeof value === 'object' && value !== null && 'message' in value ? value.message : value
  return rendered(message)
}

const fieldText = ([key, value]: [string, unknown]): string =>
  key === 'err' ? `error=${errorText(value)}` : `${key}=${rendered(value)}`

/** One line of JSON as `time="…" level=info msg="…" key=value`, keys in order after the first three, as the published controller's text format does. */
const textLine = (json: string): string => {
  const { time, level, msg, ...rest }: Record<string, unknown> = JSON.parse(json)
  const fields = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    `time=${JSON.stringify(time)}`,
    `level=${level === 'warn' ? 'warning' : rendered(level)}`,
    `msg=${rendered(msg ?? '')}`,
    ...fields.map(fieldText),
  ].join(' ')
}

/** A destination that turns the logger's JSON lines into text lines for `sink`. */
export const textDestination = (sink: LogSink): LogSink => ({
  write: (line) => {
    sink.write(`${textLine(line)}\n`)
  },
})
