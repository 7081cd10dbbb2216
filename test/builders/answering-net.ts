import { type Net, NetFailure, type NetRequest, type NetResponse } from '../../src/kube/net.ts'

/** A network in which a function answers; without an answer there is nobody at the address. Remembers what it was asked. */
export class AnsweringNet implements Net {
  readonly requests: NetRequest[] = []
  readonly #answer: (request: NetRequest) => Partial<NetResponse> | undefined

  constructor(answer: (request: NetRequest) => Partial<NetResponse> | undefined) {
    this.#answer = answer
  }

  /** Addresses that were asked, in order. */
  get urls(): readonly string[] {
    return this.requests.map(({ url }) => url)
  }

  async fetch(request: NetRequest): Promise<NetResponse> {
    this.requests.push(request)
    const answer = this.#answer(request)
    if (answer === undefined) throw new NetFailure(`${new URL(request.url).host}: connect ECONNREFUSED`)
    return { status: 200, headers: {}, text: '', ...answer }
  }
}
