const newline = 0x0a

/** Thrown when a stream ends within a line, or a line is longer than anything an API server sends. */
class LineError extends Error {
  override readonly name = 'LineError'
}

/**
 * Splits a byte stream into lines of UTF-8, without the line ends; empty lines are left out. Works on bytes, so a character
 * that is split over two chunks is whole again before it is decoded.
 * @throws LineError
 */
export async function* decodeLines(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<string> {
  let pending: Buffer[] = []
  let pendingBytes = 0
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      pending.push(chunk.subarray(start, end))
      start = end + 1
      const line = Buffer.concat(pending).toString('utf8')
      pending = []
      pendingBytes = 0
      if (line.trim() !== '') yield line
    }
    if (start === chunk.length) continue
    pending.push(chunk.subarray(start))
    pendingBytes += chunk.length - start
    if (pendingBytes > maxBytes) throw new LineError(`a line is longer than ${maxBytes} bytes`)
  }
  if (pendingBytes > 0) throw new LineError('the stream ended within a line')
}
