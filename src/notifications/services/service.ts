import type * as z from 'zod'
import type { Net } from '../../kube/net.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Json } from '../../lib/json.ts'
import type { Surroundings } from '../../providers/surroundings.ts'
import type { Connect } from './connection.ts'
import type { Memory } from './memory.ts'

/** What templates made for one recipient. */
export interface Notification {
  readonly message: string
  /** The sections of the templates by their key (`slack`, `email`, `webhook`): every text in them is rendered. */
  readonly sections: Readonly<Record<string, Json>>
  /** Name of the template that was rendered, of several the last one. */
  readonly template: string
}

/** Whom a subscription names. */
export interface Destination {
  /** Name of the service: `slack`, or `workspace1` for `service.slack.workspace1`. */
  readonly service: string
  /** A channel, an address, a key of the service's configuration; may be empty. */
  readonly recipient: string
}

/** What services may touch. One for the life of the process. */
export interface SendContext {
  readonly net: Net
  readonly connect: Connect
  readonly clock: Clock
  /** How clouds hand out credentials to the process. */
  readonly surroundings: Surroundings
  /** What services remember between two notifications. */
  readonly memory: Memory
  /** Aborts when nobody waits for the notification any more. */
  readonly signal: AbortSignal
}

/** {@link SendContext} with the secrets that this service must not show. */
export interface ServiceContext extends SendContext {
  readonly secrets: {
    /** Hides a text from now on: a token that was issued. */
    hide(text: string): void
    /** The text with `*****` for every secret. */
    redact(text: string): string
  }
}

/** A template's section, as one service reads it. */
export interface TemplateSection<Section> {
  /** Its key in a template: `slack`. */
  readonly key: string
  readonly schema: z.ZodType<Section>
}

/** A notification as one service sees it: its own section only, checked; undefined where the template has none. */
export interface OwnNotification<Section> {
  readonly message: string
  readonly section: Section | undefined
  readonly template: string
}

/** How often and when to try again. */
export interface RetrySettings {
  /** Tries after the first. */
  readonly max: number
  /** Wait before the second try; it doubles from try to try. Milliseconds. */
  readonly waitMinMs: number
  readonly waitMaxMs: number
}

/** One kind of service: `service.<type>` of the ConfigMap. Field names and defaults are those of its published documentation. */
export interface ServiceKind<Config, Section> {
  readonly type: string
  readonly config: z.ZodType<Config>
  readonly section?: TemplateSection<Section>
  /** What in a configuration must never be shown. */
  secrets(config: Config): readonly (string | undefined)[]
  /** What the configuration says about trying again; kinds without it leave that to the delivery. */
  retries?(config: Config): RetrySettings
  /** Sends once. Rejects with SendError, and with ServiceConfigError for a recipient or a section that cannot be used. */
  send(
    config: Config,
    notification: OwnNotification<Section>,
    destination: Destination,
    context: ServiceContext,
  ): Promise<void>
}

/** A service with its configuration in place. */
export interface Service {
  readonly type: string
  /** Key of the template's section that it reads. */
  readonly section: string | undefined
  /** What its configuration says about trying again. */
  readonly retries: RetrySettings | undefined
  /** Sends once. Rejects with SendError only; its message holds no secret of the configuration. */
  send(notification: Notification, destination: Destination, context: SendContext): Promise<void>
}
