/** A real proxy between users and pods, and what it tells of itself. */
export interface RunningProxy {
  /** Where requests go: a port on loopback. */
  readonly port: number
  /**
   * The weights that it routes by at this moment: of the splits between Services of a namespace, each with its parts by names
   * that have the Services' names in them.
   */
  weights(namespace: string): Promise<readonly Readonly<Record<string, number>>[]>
  /** The addresses of the pods that it knows behind a Service. */
  addresses(namespace: string, service: string): Promise<readonly string[]>
  stop(): Promise<void>
}
