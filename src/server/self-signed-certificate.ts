import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isIPv4 } from 'node:net'

/** A key and its certificate, both PEM. */
export interface KeyAndCertificate {
  readonly key: string
  readonly cert: string
}

/** What a certificate says. */
export interface CertificateSubject {
  readonly commonName: string
  /** Names and IPv4 addresses by which the server is reached. */
  readonly hosts: readonly string[]
  /** Milliseconds since the epoch; it is valid from a day before. */
  readonly now: number
  readonly lifetimeMs: number
}

const dayMs = 86_400_000

const lengthBytes = (size: number): readonly number[] => {
  if (size < 128) return [size]
  return size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
}

/** One DER value: tag, length, content (ITU-T X.690). */
const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(content.length)]), content])
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts)
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const utcTime = (ms: number): Buffer =>
  der(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`))
const bitString = (bytes: Buffer): Buffer => der(0x03, Buffer.from([0]), bytes)
const extension = (id: string, value: Buffer): Buffer => sequence(oid(id), der(0x04, value))

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))

const nameOf = (commonName: string): Buffer =>
  sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(commonName)))))

/** A `GeneralName` (RFC 5280): an address or a name of DNS. */
const generalName = (host: string): Buffer =>
  isIPv4(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host))

/** An authority of its own (basicConstraints), so that clients can be told to trust it, and the server (subjectAltName). */
const extensionsFor = (hosts: readonly string[]): Buffer =>
  der(
    0xa3,
    sequence(
      extension('551d13', sequence(der(0x01, Buffer.from([0xff])))),
      extension('551d11', sequence(...hosts.map(generalName))),
    ),
  )

const pem = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${bytes.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`

/** Makes a self-signed certificate (RFC 5280) with a new key; needs no program besides Node. */
export const selfSignedCertificate = ({
  commonName,
  hosts,
  now,
  lifetimeMs,
}: CertificateSubject): KeyAndCertificate => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    // A serial number is positive: its first bit is not set.
    der(0x02, Buffer.from([1]), randomBytes(8)),
    ecdsaWithSha256,
    nameOf(commonName),
    sequence(utcTime(now - dayMs), utcTime(now + lifetimeMs)),
    nameOf(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    extensionsFor(hosts),
  )
  const certificate = sequence(toBeSigned, ecdsaWithSha256, bitString(sign('sha256', toBeSigned, privateKey)))
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem('CERTIFICATE', certificate),
  }
}
