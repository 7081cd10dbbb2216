/** The values of a Secret by key, decoded. */
export type SecretData = Readonly<Record<string, string>>

/** The Secrets of a cluster, as far as providers need them for their credentials. */
export interface SecretAccess {
  /**
   * Reads a Secret from the server, so that a rotated one counts at once. From then on its values appear as `*****` in everything that
   * the measurement says, but for those of `shown` keys: addresses, regions. Rejects with an error that names the Secret and says what is
   * wrong.
   */
  read(namespace: string, name: string, shown?: readonly string[]): Promise<SecretData>
  /** Hides a text that came from elsewhere, such as a token that was issued, in the same way. */
  hide(text: string): void
}
