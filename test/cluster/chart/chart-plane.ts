import { rm } from 'node:fs/promises'
import { type ControlPlane, startControlPlane } from '../harness/control-plane.ts'
import { kubectl } from '../harness/kubectl.ts'
import { startWorkloads } from '../harness/workloads.ts'
import { createHelm, type Helm } from './helm.ts'

/** A cluster in which nothing is installed yet, and Helm for it. */
export interface ChartPlane {
  readonly plane: ControlPlane
  readonly helm: Helm
  /** The real kubectl as an administrator. @throws HarnessError */
  kubectl(...args: readonly string[]): Promise<string>
  /** Ends everything and removes its folder. */
  stop(): Promise<void>
}

/**
 * A cluster for the chart alone: in that of the stories the product is installed already, by other means than Helm's.
 * @throws HarnessError
 */
export async function startChartPlane(): Promise<ChartPlane> {
  const plane = await startControlPlane({ report: (line) => console.log(`# ${line}`) })
  const workloads = await startWorkloads(plane)
  return {
    plane,
    helm: await createHelm(plane),
    kubectl: (...args) => kubectl(plane, args),
    async stop() {
      await workloads.stop()
      await plane.stop()
      await rm(plane.directory, { recursive: true, force: true })
    },
  }
}
