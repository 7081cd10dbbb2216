import { join } from 'node:path'

import { z } from 'zod'

import type { ControlPlane } from './control-plane.ts'
import { HarnessError } from './errors.ts'
import { kubectl, runCommand } from './kubectl.ts'

const repository = join(import.meta.dirname, '..', '..', '..')

const downloaded = z.object({ Dir: z.string() })

/** The folder of the pinned Gateway API release in Go's module cache, downloaded when it is not there yet. */
async function gatewayApiModule(): Promise<string> {
  const module = join(import.meta.dirname, '..', 'binaries', 'gateway-api')
  const answer = await runCommand('go', ['-C', module, 'mod', 'download', '-json', 'sigs.k8s.io/gateway-api'])
  if (answer.code !== 0) throw new HarnessError(`downloading the Gateway API CRDs: ${answer.stderr.trim()}`)
  return downloaded.parse(JSON.parse(answer.stdout)).Dir
}

async function untilEstablished(plane: ControlPlane): Promise<void> {
  await kubectl(plane, ['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all'])
}

/** The standard channel of the Gateway API: HTTPRoute, GRPCRoute, Gateway and their kin. @throws HarnessError */
export async function installGatewayApi(plane: ControlPlane): Promise<void> {
  const folder = join(await gatewayApiModule(), 'config', 'crd', 'standard')
  // Too big for the annotation that client-side apply leaves.
  await kubectl(plane, ['apply', '--server-side', '-f', folder])
  await untilEstablished(plane)
}

/** The product's own CRDs, in the way that its README tells users. @throws HarnessError */
export async function installCrds(plane: ControlPlane): Promise<void> {
  await kubectl(plane, ['apply', '-f', join(repository, 'crds')])
  await untilEstablished(plane)
}
