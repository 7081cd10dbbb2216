/** One event of a stream. */
export interface StreamEvent {
  readonly type: string
  readonly data: string
}

/** Events of a stream that has ended (WHATWG HTML, "Server-sent events"): the data lines of one are joined by line breaks. */
export const parseEventStream = (text: string): readonly StreamEvent[] =>
  text.split(/(?:\r\n|\r|\n){2,}/).flatMap((block) => {
    let type = 'message'
    const data: string[] = []
    for (const line of block.split(/\r\n|\r|\n/)) {
      const [, field, value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? []
      if (field === 'event') type = value
      if (field === 'data') data.push(value)
    }
    return data.length === 0 ? [] : [{ type, data: data.join('\n') }]
  })
