import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createLogger, type LoggerOptions, parseLogLevel } from '../../../src/telemetry/logger.ts'

const setUp = (options: Partial<LoggerOptions> = {}) => {
  const lines: string[] = []
  const logger = createLogger({
    level: 'info',
    format: 'json',
    now: () => Date.parse('2026-01-01T00:00:00Z'),
    sink: { write: (line) => lines.push(line) },
    ...options,
  })
  return { logger, lines, parsed: () => lines.map((line): unknown => JSON.parse(line)) }
}

describe('the logger', () => {
  it('writes one JSON object a line, with what its parents are bound to', () => {
    const { logger, parsed } = setUp()
    logger.child({ controller: 'rollout' }).child({ key: 'a/b' }).warn('careful', { step: 3 })
    assert.deepEqual(parsed(), [
      { level: 'warn', time: '2026-01-01T00:00:00.000Z', controller: 'rollout', key: 'a/b', step: 3, msg: 'careful' },
    ])
  })

  it('leaves out what is below its level', () => {
    const { logger, lines } = setUp({ level: 'warn' })
    logger.debug('no')
    logger.info('no')
    logger.warn('yes')
    logger.error('yes')
    assert.equal(lines.length, 2)
  })

  it('keeps message and stack of an error', () => {
    const { logger, lines } = setUp()
    logger.error('failed', { err: new TypeError('boom') })
    assert.match(lines[0] ?? '', /"type":"TypeError","message":"boom","stack":/)
  })

  it('keeps the cause of an error apart from its message', () => {
    const { logger, lines } = setUp({ format: 'text' })
    logger.error('failed', { err: new Error('calling: reset', { cause: new Error('reset') }) })
    assert.match(lines[0] ?? '', / error="calling: reset"\n$/)
  })

  it('shows no secrets, at the top or one level down', () => {
    const { logger, lines } = setUp()
    logger.info('calling', { token: 's3cret', request: { headers: { authorization: 's3cret' }, body: 's3cret' } })
    logger.child({ password: 's3cret' }).info('calling', { secret: { data: { key: 's3cret' } } })
    assert.doesNotMatch(lines.join(), /s3cret/)
    assert.match(lines.join(), /\[redacted\]/)
  })

  it('writes text as the published controller does', () => {
    const { logger, lines } = setUp({ format: 'text' })
    logger.warn('Started sync', { rollout: 'web', namespace: 'a b', err: new Error('no "luck"'), count: 2 })
    assert.deepEqual(lines, [
      'time="2026-01-01T00:00:00.000Z" level=warning msg="Started sync" count=2 error="no \\"luck\\"" namespace="a b" rollout=web\n',
    ])
  })

  it('takes every level name of the published controller, and no other', () => {
    assert.deepEqual(['trace', 'debug', 'INFO', 'warning', 'error', 'fatal', 'loud'].map(parseLogLevel), [
      'debug',
      'debug',
      'info',
      'warn',
      'error',
      'error',
      undefined,
    ])
  })
})
