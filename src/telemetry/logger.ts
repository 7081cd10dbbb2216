import { pino, stdSerializers } from 'pino'
import { textDestination } from './text-log.ts'

/** What a log line carries besides its message. Never secrets: paths that usually hold some are redacted all the same. */
export type LogFields = Readonly<Record<string, unknown>>

/** Severity of a line, least first. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/**
 * The log as the rest of the program sees it, so that a test can collect lines and the plugin needs no logging library.
 * An error goes under the key `err`.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A logger that adds `fields` to every line. */
  child(fields: LogFields): Logger
}

/** Where lines go: standard output, or a test. */
export interface LogSink {
  write(line: string): void
}

/** Settings of {@link createLogger}. */
export interface LoggerOptions {
  readonly level: LogLevel
  /** One JSON object a line, or `key=value` text as the published controller writes by default. */
  readonly format: 'json' | 'text'
  readonly sink?: LogSink
  /** Wall-clock milliseconds, for the lines' timestamps. */
  readonly now: () => number
}

const secretKeys = ['authorization', 'Authorization', 'token', 'password', 'headers', 'body', 'data', 'stringData']
const redactedPaths = secretKeys.flatMap((key) => [key, `*.${key}`])

const wrap = (logger: pino.Logger): Logger => ({
  debug: (message, fields) => logger.debug(fields ?? {}, message),
  info: (message, fields) => logger.info(fields ?? {}, message),
  warn: (message, fields) => logger.warn(fields ?? {}, message),
  error: (message, fields) => logger.error(fields ?? {}, message),
  child: (fields) => wrap(logger.child(fields)),
})

/**
 * A logger that writes to standard output synchronously, so that the last lines of a dying process are not lost. Keys
 * that usually hold secrets (headers, tokens, passwords, Secret data) are replaced by `[redacted]`, one level deep too.
 */
export const createLogger = (options: LoggerOptions): Logger => {
  const sink = options.sink ?? pino.destination({ dest: 1, sync: true })
  return wrap(
    pino(
      {
        level: options.level,
        base: null,
        messageKey: 'msg',
        timestamp: () => `,"time":"${new Date(options.now()).toISOString()}"`,
        formatters: { level: (label) => ({ level: label }) },
        // The other one joins the causes' messages to the error's own, which here often names its cause already.
        serializers: { err: stdSerializers.errWithCause },
        redact: { paths: redactedPaths, censor: '[redacted]' },
      },
      options.format === 'text' ? textDestination(sink) : sink,
    ),
  )
}

const levelsByName: ReadonlyMap<string, LogLevel> = new Map([
  ['trace', 'debug'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['warn', 'warn'],
  ['warning', 'warn'],
  ['error', 'error'],
  ['fatal', 'error'],
  ['panic', 'error'],
])

/**
 * The level of a `--loglevel` flag. Takes every name that the published controller takes; the finer ones it has fall on
 * their neighbour here. `undefined` for any other word.
 */
export const parseLogLevel = (text: string): LogLevel | undefined => levelsByName.get(text.toLowerCase())
