import { createServer } from 'node:http'
import { z } from 'zod'

const attributes = z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) }))

const span = z.object({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z.string().optional(),
  name: z.string(),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes,
})

const request = z.object({
  resourceSpans: z.array(
    z.object({ resource: z.object({ attributes }), scopeSpans: z.array(z.object({ spans: z.array(span) })) }),
  ),
})

/** A span as a collector was sent it. */
export type CollectedSpan = z.infer<typeof span>

/** An OpenTelemetry collector that takes traces by OTLP over HTTP in JSON, and keeps them. */
export interface Collector {
  readonly url: string
  readonly spans: readonly CollectedSpan[]
  /** Why requests were refused, in words. */
  readonly refused: readonly string[]
  stop(): void
}

/** Starts a collector on a free loopback port. What is no request of OTLP is answered with 400. */
export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = []
  const refused: string[] = []
  const server = createServer(async (incoming, response) => {
    let body = ''
    for await (const part of incoming) body += String(part)
    const parsed = incoming.url === '/v1/traces' ? request.safeParse(JSON.parse(body)) : undefined
    if (parsed?.success !== true) {
      refused.push(`${incoming.url}: ${parsed?.error.message ?? 'no such path'}`)
      response.writeHead(400).end()
      return
    }
    spans.push(...parsed.data.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  server.unref()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}`, spans, refused, stop: () => server.close() }
}
