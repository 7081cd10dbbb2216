import type { KubeRequest } from '../../../kube/transport.ts'
import type { Caller, Core } from '../core.ts'
import type { Answer, Target } from '../handlers/dispatch.ts'
import { methodNotAllowed } from '../status-error.ts'

/** PATCH with `application/apply-patch+yaml`. */
export const applyObject = (
  _core: Core,
  _target: Target,
  _name: string,
  _request: KubeRequest,
  _caller: Caller,
): Answer => {
  throw methodNotAllowed()
}
