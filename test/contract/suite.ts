import { describe, it } from 'node:test'
import type { Transport } from '../../src/kube/transport.ts'
import { conflictCases } from './cases/conflicts.ts'
import { customResourceCases } from './cases/custom-resources.ts'
import { deletionCases } from './cases/deletion.ts'
import { evictionCases } from './cases/eviction.ts'
import { listCases } from './cases/lists.ts'
import { patchCases } from './cases/patches.ts'
import { serverSideApplyCases } from './cases/server-side-apply.ts'
import { subresourceCases } from './cases/subresources.ts'
import { watchCases } from './cases/watches.ts'
import { workloadCases } from './cases/workloads.ts'
import { ContractClient } from './client.ts'

/** A server that the contract is checked against; it has the CRD of `objects.ts`. */
export interface ContractServer {
  readonly transport: Transport
  /** Makes a namespace in which nothing is, and returns its name. */
  newNamespace(): Promise<string>
  /** Lets time pass until `settled` resolves: a virtual clock is moved, a real one moves by itself. */
  passTime<T>(ms: number, settled: Promise<T>): Promise<T>
  /** Forgets the history of changes, when the server can be told to. */
  compact?(): Promise<void>
}

/** One behaviour that both servers have in common. */
export interface ContractCase {
  readonly name: string
  run(client: ContractClient, server: ContractServer): Promise<void>
}

const groups: Readonly<Record<string, readonly ContractCase[]>> = {
  'optimistic concurrency': conflictCases,
  patches: patchCases,
  'server-side apply': serverSideApplyCases,
  subresources: subresourceCases,
  lists: listCases,
  watches: watchCases,
  deletion: deletionCases,
  eviction: evictionCases,
  'custom resources': customResourceCases,
  workloads: workloadCases,
}

/** Registers every case as a test of its own, in a namespace of its own. */
export const testContract = (server: () => ContractServer): void => {
  for (const [group, cases] of Object.entries(groups)) {
    describe(group, () => {
      for (const { name, run } of cases) {
        it(name, async () => {
          const current = server()
          await run(new ContractClient(current.transport, await current.newNamespace()), current)
        })
      }
    })
  }
}
