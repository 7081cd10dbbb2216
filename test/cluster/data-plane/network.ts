import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { delimiter, join } from 'node:path'

import { z } from 'zod'

import { HarnessError } from '../harness/errors.ts'
import { runCommand } from '../harness/kubectl.ts'

/** Why this machine cannot give pods networks of their own, in words; undefined when it can. */
export function whyNoPodNetworks(): string | undefined {
  if (process.platform !== 'linux') return 'real pods need network namespaces, which only Linux has'
  if (process.getuid?.() !== 0) return 'real pods need network namespaces, which only root may make: run this as root'
  const folders = (process.env.PATH ?? '').split(delimiter)
  if (folders.some((folder) => existsSync(join(folder, 'ip')))) return undefined
  return 'real pods need the command `ip`: install it first, on Debian with `apt-get install iproute2`'
}

/** A network namespace with one address. */
export interface PodNetwork {
  readonly namespace: string
  readonly address: string
  /** The command line that runs a command in it. */
  inside(command: string, args: readonly string[]): readonly [string, readonly string[]]
  remove(): Promise<void>
}

/** A bridge that joins the networks of pods with the host. */
export interface Bridge {
  /** The host's own address on it. */
  readonly address: string
  /** Makes the network of one more pod. @throws HarnessError */
  addPod(): Promise<PodNetwork>
  /** Removes everything at once; also done when the process ends. */
  remove(): void
}

/** Names of interfaces have 15 characters at most: the prefix, a process id and a number fit. */
const prefix = 'cf'
const named = new RegExp(`^${prefix}(\\d+)(\\.\\d+)?$`)

async function ip(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand('ip', args)
  if (code !== 0) throw new HarnessError(`ip ${args.join(' ')}: ${stderr.trim()}`)
  return stdout
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function isLeftover(name: string): boolean {
  const pid = named.exec(name)?.[1]
  return pid !== undefined && !isAlive(Number(pid))
}

const listedNames = z.array(z.object({ ifname: z.string().optional(), name: z.string().optional() }))

/** The names in a JSON list of `ip`, which prints nothing at all when there are none. */
function namesIn(json: string): readonly string[] {
  if (json.trim() === '') return []
  return listedNames.parse(JSON.parse(json)).flatMap(({ ifname, name }) => ifname ?? name ?? [])
}

/** What processes left behind that were killed before they could clean up. */
async function removeLeftovers(): Promise<void> {
  for (const name of namesIn(await ip('-json', 'netns', 'list')).filter(isLeftover)) await ip('netns', 'delete', name)
  const bridges = namesIn(await ip('-json', 'link', 'show', 'type', 'bridge'))
  for (const name of bridges.filter(isLeftover)) await ip('link', 'delete', name)
}

/** The first of the ranges 10.199.0.0/22, 10.199.4.0/22, … in which the host has no address: a run beside this one may. */
function freeRange(): { readonly addressAt: (index: number) => string; readonly size: number } {
  const taken = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address))
  for (let third = 0; third < 256; third += 4) {
    const addressAt = (index: number): string => `10.199.${third + (index >> 8)}.${index & 255}`
    if (!taken.includes(addressAt(1))) return { addressAt, size: 1022 }
  }
  throw new HarnessError('looking for a range of addresses: all of 10.199.0.0/16 is taken; remove old bridges first')
}

/** Nobody waits for an exit, so what is left then is removed without waiting. */
function removeNow(namespaces: Iterable<string>, bridge: string): void {
  const quietly = (...args: string[]): void => {
    try {
      execFileSync('ip', args, { stdio: 'ignore' })
    } catch {
      // Gone already, or removed by the next run as a leftover.
    }
  }
  for (const namespace of namespaces) quietly('netns', 'delete', namespace)
  quietly('link', 'delete', bridge)
}

/**
 * Makes a bridge for pods. Addresses are used in turn, so that one comes back long after everybody has forgotten its last
 * pod. @throws HarnessError
 */
export async function createBridge(): Promise<Bridge> {
  await removeLeftovers()
  const bridge = `${prefix}${process.pid}`
  const { addressAt, size } = freeRange()
  await ip('link', 'add', 'name', bridge, 'type', 'bridge')
  await ip('address', 'add', `${addressAt(1)}/22`, 'dev', bridge)
  await ip('link', 'set', bridge, 'up')
  const namespaces = new Set<string>()
  const remove = (): void => {
    removeNow(namespaces, bridge)
    process.off('exit', remove)
  }
  process.on('exit', remove)
  let pods = 0
  return {
    address: addressAt(1),
    remove,
    async addPod() {
      pods += 1
      const namespace = `${bridge}.${pods}`
      const address = addressAt(2 + ((pods - 1) % (size - 1)))
      namespaces.add(namespace)
      await ip('netns', 'add', namespace)
      await ip('link', 'add', namespace, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace)
      await ip('link', 'set', namespace, 'master', bridge, 'up')
      await ip('-netns', namespace, 'address', 'add', `${address}/22`, 'dev', 'eth0')
      await ip('-netns', namespace, 'link', 'set', 'eth0', 'up')
      await ip('-netns', namespace, 'link', 'set', 'lo', 'up')
      return {
        namespace,
        address,
        inside: (command, args) => ['ip', ['netns', 'exec', namespace, command, ...args]],
        async remove() {
          namespaces.delete(namespace)
          await ip('netns', 'delete', namespace)
        },
      }
    },
  }
}
