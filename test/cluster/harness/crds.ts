import { join } from 'node:path'

import { z } from 'zod'

import type { ControlPlane } from './control-plane.ts'
import { HarnessError } from './errors.ts'
import { kubectl, runCommand } from './kubectl.ts'

const repository = join(import.meta.dirname, '..', '..', '..')

const downloaded = z.object({ Dir: z.string() })

/**
 * The folder of a Go module in Go's module cache, in the version that `binaries/<pin>/go.mod` says; downloaded when it is not
 * there yet. @throws HarnessError
 */
export async function goModuleFolder(pin: string, module: string): Promise<string> {
  const folder = join(import.meta.dirname, '..', 'binaries', pin)
  const answer = await runCommand('go', ['-C', folder, 'mod', 'download', '-json', module])
  if (answer.code !== 0) throw new HarnessError(`downloading the CRDs of ${module}: ${answer.stderr.trim()}`)
  return downloaded.parse(JSON.parse(answer.stdout)).Dir
}

async function untilEstablished(plane: ControlPlane): Promise<void> {
  await kubectl(plane, ['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all'])
}

/** CRDs in these files or folders, of other products. @throws HarnessError */
export async function installCrdsOf(plane: ControlPlane, paths: readonly string[]): Promise<void> {
  // Too big for the annotation that client-side apply leaves.
  await kubectl(plane, ['apply', '--server-side', ...paths.flatMap((path) => ['-f', path])])
  await untilEstablished(plane)
}

/** The standard channel of the Gateway API: HTTPRoute, GRPCRoute, Gateway and their kin. @throws HarnessError */
export async function installGatewayApi(plane: ControlPlane): Promise<void> {
  const module = await goModuleFolder('gateway-api', 'sigs.k8s.io/gateway-api')
  await installCrdsOf(plane, [join(module, 'config', 'crd', 'standard')])
}

/** The product's own CRDs, in the way that its README tells users. @throws HarnessError */
export async function installCrds(plane: ControlPlane): Promise<void> {
  await kubectl(plane, ['apply', '-f', join(repository, 'crds')])
  await untilEstablished(plane)
}
