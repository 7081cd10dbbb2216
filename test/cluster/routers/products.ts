import { join } from 'node:path'

import type { ControlPlane } from '../harness/control-plane.ts'
import { goModuleFolder, installCrdsOf } from '../harness/crds.ts'

/** A product whose objects a router writes, and where its Go module has its CRDs; none for kinds that every cluster has. */
export interface RouterProduct {
  /** Folder in `binaries/` that pins the module, and the beginning of the names of its golden files. */
  readonly name: string
  /** Path of its Go module. */
  readonly module?: string
  /** Files or folders with CRDs in the module. */
  readonly crds?: readonly string[]
}

/** The products whose golden files are played on the real API server. */
export const routerProducts: readonly RouterProduct[] = [
  // Ingresses.
  { name: 'alb' },
  { name: 'nginx' },
  { name: 'skipper' },
  { name: 'gateway-api', module: 'sigs.k8s.io/gateway-api', crds: ['config/crd/standard'] },
  { name: 'istio', module: 'istio.io/api', crds: ['kubernetes/customresourcedefinitions.gen.yaml'] },
  {
    name: 'ambassador',
    module: 'github.com/emissary-ingress/emissary/v3',
    crds: ['manifests/emissary/emissary-crds.yaml.in'],
  },
  { name: 'contour', module: 'github.com/projectcontour/contour', crds: ['examples/contour/01-crds.yaml'] },
  {
    name: 'traefik',
    module: 'github.com/traefik/traefik/v3',
    crds: ['docs/content/reference/dynamic-configuration/traefik.io_traefikservices.yaml'],
  },
]

/** Makes an API server know the kinds of a product. @throws HarnessError */
export async function installProduct(plane: ControlPlane, { name, module, crds = [] }: RouterProduct): Promise<void> {
  if (module === undefined) return
  const folder = await goModuleFolder(name, module)
  await installCrdsOf(
    plane,
    crds.map((path) => join(folder, path)),
  )
}
