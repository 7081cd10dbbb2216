import * as z from 'zod'
import { excerpt } from '../../lib/excerpt.ts'
import { ProviderError } from '../provider-error.ts'
import { parseEventStream, type StreamEvent } from './event-stream.ts'

const control = z.object({ event: z.string(), abortInfo: z.unknown().optional() })
const data = z.object({ data: z.array(z.object({ tsId: z.string(), value: z.number().nullable() })) })
const failure = z.object({
  message: z.string().nullish(),
  errors: z.array(z.object({ code: z.string(), context: z.unknown().optional() })).nullish(),
})

const read = <Shape extends z.ZodType>({ type, data: text }: StreamEvent, shape: Shape): z.output<Shape> => {
  try {
    return shape.parse(JSON.parse(text))
  } catch (error) {
    throw new ProviderError(`reading a SignalFlow message of type ${type}: ${excerpt(text)}`, { cause: error })
  }
}

const refuse = (event: StreamEvent): never => {
  const { message, errors } = read(event, failure)
  const told = (errors ?? []).map(({ code, context }) =>
    [code, context && JSON.stringify(context)].filter(Boolean).join(' '),
  )
  throw new ProviderError(`the SignalFlow program failed: ${excerpt(message || told.join('; ') || event.data)}`)
}

/**
 * The newest value of each time series that a computation published, in the order in which the series first appeared (Splunk
 * Observability Cloud, "SignalFlow stream messages"). A stream that does not come to its end proves nothing. Throws {@link ProviderError}.
 */
export const newestValues = (text: string): readonly number[] => {
  const newest = new Map<string, number>()
  for (const event of parseEventStream(text)) {
    if (event.type === 'error') refuse(event)
    if (event.type === 'data') {
      for (const { tsId, value } of read(event, data).data) if (value !== null) newest.set(tsId, value)
    }
    if (event.type !== 'control-message') continue
    const { event: name, abortInfo } = read(event, control)
    if (name === 'END_OF_CHANNEL') return [...newest.values()]
    if (name === 'CHANNEL_ABORT') {
      throw new ProviderError(`the SignalFlow program was aborted: ${excerpt(JSON.stringify(abortInfo ?? {}))}`)
    }
  }
  throw new ProviderError(
    `the answer is no whole SignalFlow stream: ${excerpt(text) || 'it is empty'}; check that the address is that of ` +
      "Splunk Observability Cloud's stream API",
  )
}
