import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** Key and certificate of a server on 127.0.0.1, both PEM; the certificate is its own authority. */
export interface TestCertificate {
  readonly key: string
  readonly cert: string
}

/** One DER value: tag, length, content (ITU-T X.690). */
const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts)
  const size = content.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts)
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const utcTime = (ms: number): Buffer =>
  der(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`))
const bitString = (bytes: Buffer): Buffer => der(0x03, Buffer.from([0]), bytes)
const extension = (id: string, value: Buffer): Buffer => sequence(oid(id), der(0x04, value))

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
const dayMs = 86_400_000

const nameOf = (commonName: string): Buffer =>
  sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(commonName)))))

/** A certificate authority (basicConstraints) that is also the server 127.0.0.1 (subjectAltName). */
const extensions = der(
  0xa3,
  sequence(
    extension('551d13', sequence(der(0x01, Buffer.from([0xff])))),
    extension('551d11', sequence(der(0x87, Buffer.from([127, 0, 0, 1])))),
  ),
)

const pem = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${bytes.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`

/** Makes a self-signed certificate (RFC 5280), valid from yesterday to tomorrow; needs no program besides Node. */
export const makeCertificate = (commonName: string): TestCertificate => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1]), randomBytes(8)),
    ecdsaWithSha256,
    nameOf(commonName),
    sequence(utcTime(Date.now() - dayMs), utcTime(Date.now() + dayMs)),
    nameOf(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions,
  )
  const certificate = sequence(toBeSigned, ecdsaWithSha256, bitString(sign('sha256', toBeSigned, privateKey)))
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem('CERTIFICATE', certificate),
  }
}
