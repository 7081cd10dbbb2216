import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { ServiceConfigError } from './send-error.ts'

/** The key of a user of NATS: what the server knows it by, and a signature. */
export interface Nkey {
  /** `U…`. */
  readonly publicKey: string
  /** Signature of the server's challenge, in the alphabet of URLs. */
  sign(nonce: string): string
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Base 32 of RFC 4648 without padding. */
const toBase32 = (bytes: Uint8Array): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map((group) => alphabet[Number.parseInt(group.padEnd(5, '0'), 2)]).join('')
}

const fromBase32 = (text: string): Buffer => {
  const bits = [...text].map((character) => alphabet.indexOf(character).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

/** CRC-16/XMODEM, least significant byte first, behind every key. */
const checksum = (bytes: Uint8Array): Buffer => {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff
  }
  return Buffer.from([crc & 0xff, crc >> 8])
}

/** The bytes that part a seed (`S`) and its kind from the key itself. */
const seedPrefix = 18 << 3
const seedBytes = 32
/** Ed25519 private key in PKCS #8 (RFC 8410, 7), up to the key itself. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')

const privateKeyOf = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: 'der', type: 'pkcs8' })

/**
 * Reads the seed of a key (`SU…`), as `nk -gen user` prints it (NATS, "NKeys"). Throws {@link ServiceConfigError}.
 */
export const parseNkeySeed = (text: string): Nkey => {
  const bytes = /^[A-Z2-7]+$/.test(text.trim()) ? fromBase32(text.trim()) : Buffer.alloc(0)
  const [first = 0, second = 0] = bytes
  const isWhole = bytes.length === 2 + seedBytes + 2 && checksum(bytes.subarray(0, -2)).equals(bytes.subarray(-2))
  if (!isWhole || (first & 0xf8) !== seedPrefix) {
    throw new ServiceConfigError('nkey: must be the seed of a user, SU…')
  }
  const key = privateKeyOf(bytes.subarray(2, 2 + seedBytes))
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-seedBytes)
  const named = Buffer.concat([Buffer.from([((first & 7) << 5) | ((second & 0xf8) >> 3)]), raw])
  return {
    publicKey: toBase32(Buffer.concat([named, checksum(named)])),
    sign: (nonce) => sign(null, Buffer.from(nonce), key).toString('base64url'),
  }
}
