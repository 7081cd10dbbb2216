import * as z from 'zod'

const virtualNodeRef = z.object({ name: z.string().describe('Name of the VirtualNode.') })

/** Traffic routing by AWS App Mesh. */
export const appMeshRouting = z.object({
  virtualService: z
    .object({
      name: z.string().describe('Name of the VirtualService.'),
      routes: z
        .array(z.string())
        .optional()
        .describe('Names of the routes to weight, in the VirtualRouter behind it. Default: all.'),
    })
    .optional()
    .describe('VirtualService whose VirtualRouter is weighted.'),
  virtualNodeGroup: z
    .object({
      canaryVirtualNodeRef: virtualNodeRef.describe('VirtualNode that selects the canary pods.'),
      stableVirtualNodeRef: virtualNodeRef.describe('VirtualNode that selects the stable pods.'),
    })
    .optional()
    .describe('The two VirtualNodes between which traffic is split.'),
})

/** See {@link appMeshRouting}. */
export type AppMeshRouting = z.infer<typeof appMeshRouting>
