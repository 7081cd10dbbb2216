import { type KeyAndCertificate, selfSignedCertificate } from '../../src/server/self-signed-certificate.ts'

/** Key and certificate of a server on 127.0.0.1, both PEM; the certificate is its own authority. */
export type TestCertificate = KeyAndCertificate

/** Makes a {@link TestCertificate}, valid from yesterday to tomorrow. */
export const makeCertificate = (commonName: string): TestCertificate =>
  selfSignedCertificate({ commonName, hosts: ['127.0.0.1'], now: Date.now(), lifetimeMs: 86_400_000 })
