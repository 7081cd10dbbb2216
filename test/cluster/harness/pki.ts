import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { HarnessError } from './errors.ts'

const run = promisify(execFile)

/** Files of a certificate and its private key, PEM. */
export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

/** The certificates of one control plane, all signed by one authority that lives as long as its folder. */
export interface Pki {
  /** PEM file of the authority. */
  readonly authority: string
  readonly server: KeyPair
  /** PEM files that sign and check ServiceAccount tokens. */
  readonly serviceAccounts: { readonly privateKey: string; readonly publicKey: string }
  /** A client certificate: the API server reads the user from CN and the groups from O. */
  client(user: string, group?: string): Promise<KeyPair>
}

const opensslConfig = `[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[server]
subjectAltName = IP:127.0.0.1, DNS:localhost, DNS:kubernetes.default.svc
extendedKeyUsage = serverAuth
[client]
extendedKeyUsage = clientAuth
`

async function openssl(...args: string[]): Promise<void> {
  try {
    await run('openssl', args)
  } catch (cause) {
    throw new HarnessError(
      `making certificates with openssl (install it if it is missing): openssl ${args.join(' ')}`,
      {
        cause,
      },
    )
  }
}

/** Makes the authority, the API server's certificate and the ServiceAccount keys in `directory`. @throws HarnessError */
export async function createPki(directory: string): Promise<Pki> {
  const config = join(directory, 'openssl.cnf')
  const authority: KeyPair = { certificate: join(directory, 'ca.crt'), key: join(directory, 'ca.key') }
  await writeFile(config, opensslConfig)

  const issue = async (pair: KeyPair, subject: string, extensions: string, issuer?: KeyPair): Promise<KeyPair> => {
    const signedBy = issuer === undefined ? [] : ['-CA', issuer.certificate, '-CAkey', issuer.key]
    const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '7']
    const files = ['-keyout', pair.key, '-out', pair.certificate, '-subj', subject]
    await openssl('req', '-x509', '-config', config, '-extensions', extensions, ...fresh, ...files, ...signedBy)
    return pair
  }
  const named = (name: string): KeyPair => ({
    certificate: join(directory, `${name}.crt`),
    key: join(directory, `${name}.key`),
  })

  await issue(authority, '/CN=cluster-test-authority', 'authority')
  const serviceAccounts = { privateKey: join(directory, 'sa.key'), publicKey: join(directory, 'sa.pub') }
  await openssl('genrsa', '-out', serviceAccounts.privateKey, '2048')
  await openssl('rsa', '-in', serviceAccounts.privateKey, '-pubout', '-out', serviceAccounts.publicKey)
  return {
    authority: authority.certificate,
    server: await issue(named('server'), '/CN=kube-apiserver', 'server', authority),
    serviceAccounts,
    client: (user, group) =>
      issue(named(user), `${group === undefined ? '' : `/O=${group}`}/CN=${user}`, 'client', authority),
  }
}

/** The bytes of a key pair, as an HTTPS agent takes them. */
export async function readKeyPair(pair: KeyPair): Promise<{ cert: string; key: string }> {
  return { cert: await readFile(pair.certificate, 'utf8'), key: await readFile(pair.key, 'utf8') }
}
