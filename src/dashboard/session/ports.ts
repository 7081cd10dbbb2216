/** What a stream of events tells. */
export interface StreamHandlers {
  opened(): void
  /** @param data the data of one event, JSON */
  message(data: string): void
  /** The stream is over, or never began. */
  failed(): void
}

/** Everything of the browser that the page's logic needs, so that tests can stand in for it. */
export interface Ports {
  /** Asks the API; `path` is relative to its root. Rejects where nobody answers. */
  request(path: string, options?: { readonly method: 'PUT'; readonly body: string }): Promise<Response>
  /** @returns closes the stream */
  openStream(path: string, handlers: StreamHandlers): () => void
  /** @returns takes it back */
  later(ms: number, run: () => void): () => void
  isVisible(): boolean
  /** Tells when the page is hidden, or seen again. */
  onVisibility(run: () => void): void
  /** What is kept in this browser. */
  kept(key: string): string | undefined
  keep(key: string, value: string): void
  /** Rejects where the browser does not allow it. */
  copy(text: string): Promise<void>
  /** Shows an address below the page's root in the browser: as a new entry of its history, or in place of this one. */
  showAddress(address: string, how: 'push' | 'replace'): void
}
