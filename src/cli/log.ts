import type { LogFields, Logger, LogLevel } from '../telemetry/logger.ts'
import { textDestination } from '../telemetry/text-log.ts'
import { CommandError } from './command-error.ts'

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/** Further names of levels, which the published plugin takes. */
const levelNames: ReadonlyMap<string, LogLevel> = new Map([
  ['trace', 'debug'],
  ['warning', 'warn'],
  ['fatal', 'error'],
  ['panic', 'error'],
])

/** Reads `--loglevel`. */
export const logLevelOf = (text: string): LogLevel => {
  const wanted = text.toLowerCase()
  const level = levels.find((one) => one === (levelNames.get(wanted) ?? wanted))
  if (level === undefined) throw new CommandError(`not a valid level: "${text}"; --loglevel takes ${levels.join(', ')}`)
  return level
}

/** Where lines go, from which level on, and what time it is. */
export interface CliLogOptions {
  readonly level: LogLevel
  readonly write: (text: string) => void
  /** Wall-clock milliseconds. */
  readonly now: () => number
}

const withErrorText = (fields: LogFields): LogFields =>
  fields.err instanceof Error ? { ...fields, err: fields.err.message } : fields

/** A logger for a short-lived command: text lines on standard error, without loading a logging library. */
export const cliLogger = (options: CliLogOptions, bound: LogFields = {}): Logger => {
  const destination = textDestination({ write: options.write })
  const at =
    (level: LogLevel) =>
    (msg: string, fields: LogFields = {}): void => {
      if (levels.indexOf(level) < levels.indexOf(options.level)) return
      const time = new Date(options.now()).toISOString()
      destination.write(JSON.stringify({ time, level, msg, ...withErrorText({ ...bound, ...fields }) }))
    }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => cliLogger(options, { ...bound, ...fields }),
  }
}
