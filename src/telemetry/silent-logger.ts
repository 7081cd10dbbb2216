import type { Logger } from './logger.ts'

/** A logger that writes nothing, for programs whose output is for people: the plugin and the demo. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
}
