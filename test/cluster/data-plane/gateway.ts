import { z } from 'zod'

import type { ControlPlane } from '../harness/control-plane.ts'

/** The name of a Gateway, and the namespace that its proxy has for itself. */
export interface GatewayName {
  readonly name: string
  readonly namespace: string
}

/** Whose Gateway it is, and where it listens. */
export interface GatewaySettings {
  /** Name of the GatewayClass. */
  readonly class: string
  /** Name of the controller that a GatewayClass is for. */
  readonly controller: string
  readonly port: number
}

const version = 'gateway.networking.k8s.io/v1'

/**
 * Creates a GatewayClass and a Gateway of it, with one listener for HTTP that takes routes of all namespaces.
 * @throws ApiError
 */
export async function createGateway(
  { api }: ControlPlane,
  gateway: GatewayName,
  { class: gatewayClassName, controller, port }: GatewaySettings,
): Promise<void> {
  const gatewayClass = {
    apiVersion: version,
    kind: 'GatewayClass',
    metadata: { name: gatewayClassName },
    spec: { controllerName: controller },
  }
  await api.post(`/apis/${version}/gatewayclasses`, gatewayClass, z.object({}))
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: gateway.namespace } }
  await api.post('/api/v1/namespaces', namespace, z.object({}))
  const allowedRoutes = { namespaces: { from: 'All' } }
  const listeners = [{ name: 'web', protocol: 'HTTP', port, allowedRoutes }]
  const object = { apiVersion: version, kind: 'Gateway', metadata: gateway, spec: { gatewayClassName, listeners } }
  await api.post(`/apis/${version}/namespaces/${gateway.namespace}/gateways`, object, z.object({}))
}
