import { HttpNet } from '../kube/http-net.ts'
import type { Clock } from '../lib/clock.ts'
import { connectTcp } from '../notifications/services/connection.ts'
import type { SendContext } from '../notifications/services/service.ts'
import { type Host, surroundingsOf } from '../providers/surroundings.ts'

/** How commands reach what is neither the cluster nor a file: the services that notifications are sent by. */
export type Outside = Pick<SendContext, 'net' | 'connect' | 'surroundings'>

/** The network of this machine. */
export const outsideOf = ({ host, clock, userAgent }: { host: Host; clock: Clock; userAgent: string }): Outside => ({
  net: new HttpNet({ clock, userAgent, proxyEnv: host.env }),
  connect: connectTcp,
  surroundings: surroundingsOf(host),
})
