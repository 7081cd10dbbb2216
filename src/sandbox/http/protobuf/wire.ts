/** One field of a message as it stands on the wire: its number and its undecoded value. */
export interface WireField {
  readonly number: number
  /** A varint or fixed number, or the bytes of a text, a message or bytes. */
  readonly value: bigint | Buffer
}

/** Bytes that are no protobuf message. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError'
}

class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length
  }

  varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at]
      if (byte === undefined) break
      this.#at += 1
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, value)
    }
    throw new ProtobufError('reading a protobuf number: it does not end')
  }

  take(length: number): Buffer {
    const end = this.#at + length
    if (length < 0 || end > this.#bytes.length) throw new ProtobufError('reading a protobuf field: it is cut off')
    const part = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return part
  }
}

const readValue = (reader: Reader, wireType: bigint): WireField['value'] => {
  if (wireType === 0n) return reader.varint()
  if (wireType === 1n) return reader.take(8)
  if (wireType === 2n) return reader.take(Number(reader.varint()))
  if (wireType === 5n) return reader.take(4)
  throw new ProtobufError(`reading a protobuf field: wire type ${wireType} is not in use`)
}

/** Splits a message into its fields (Protocol Buffers documentation, "Encoding"). Throws {@link ProtobufError}. */
export const readFields = (bytes: Buffer): readonly WireField[] => {
  const reader = new Reader(bytes)
  const fields: WireField[] = []
  while (!reader.done) {
    const tag = reader.varint()
    fields.push({ number: Number(tag >> 3n), value: readValue(reader, tag & 7n) })
  }
  return fields
}
