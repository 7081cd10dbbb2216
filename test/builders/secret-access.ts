import type { SecretAccess, SecretData } from '../../src/providers/secret-access.ts'

/** Secrets by `namespace/name`. What is missing is reported in the API server's words. */
export const secretsOf = (secrets: Readonly<Record<string, SecretData>>): SecretAccess => ({
  read: async (namespace, name) =>
    secrets[`${namespace}/${name}`] ?? Promise.reject(new Error(`secrets "${name}" not found`)),
  hide: () => {},
})

/** A cluster without Secrets. */
export const noSecrets: SecretAccess = secretsOf({})
