/** A pattern that RE2 does not accept. The message is that of Go's regexp package. */
export class RegexpSyntaxError extends Error {
  override readonly name = 'RegexpSyntaxError'

  constructor(reason: string, part: string) {
    super(`error parsing regexp: ${reason}: \`${part}\``)
  }
}
