import type { Counter, Histogram, Metrics } from '../telemetry/metrics.ts'

/** Published buckets, in seconds. */
const buckets = [0.01, 0.15, 0.25, 0.5, 1]

type Named = 'namespace' | 'name'

/** What a notification is counted under: its Rollout, and the event that it tells of. */
export interface NotificationLabels {
  readonly namespace: string
  readonly name: string
  readonly type: string
  /** The reason of the event; the name of the trigger for one that no event fires. */
  readonly reason: string
}

/** What {@link NotificationMetrics} ask. */
export interface NotificationMetricsOptions {
  /** How many notifications are not delivered yet. */
  readonly waiting: () => number
  /** Whether a Rollout is there: what is told of one that is gone must not begin its series again. */
  readonly exists: (rollout: Readonly<Record<Named, string>>) => boolean
}

/** The published metrics of notifications, and how many wait. */
export class NotificationMetrics {
  readonly #successes: Counter<keyof NotificationLabels>
  readonly #errors: Counter<keyof NotificationLabels>
  readonly #seconds: Histogram<Named>
  readonly #exists: NotificationMetricsOptions['exists']

  constructor(metrics: Metrics, { waiting, exists }: NotificationMetricsOptions) {
    this.#exists = exists
    const labels = ['namespace', 'name', 'type', 'reason'] as const
    this.#successes = metrics.counter({
      name: 'notification_send_success',
      help: 'Notifications that were delivered, by the event of the Rollout that they tell of.',
      labels,
    })
    this.#errors = metrics.counter({
      name: 'notification_send_error',
      help: 'Notifications that were given up, by the event of the Rollout that they tell of.',
      labels,
    })
    this.#seconds = metrics.histogram({
      name: 'notification_send',
      help: 'How long tries to deliver a notification took, in seconds.',
      labels: ['namespace', 'name'],
      buckets,
    })
    metrics.observed(
      { name: 'crossfade_notifications_waiting', help: 'Notifications that are not delivered yet.', labels: [] },
      () => [{ labels: {}, value: waiting() }],
    )
  }

  delivered(labels: NotificationLabels): void {
    if (this.#exists(labels)) this.#successes.inc(labels)
  }

  failed(labels: NotificationLabels): void {
    if (this.#exists(labels)) this.#errors.inc(labels)
  }

  tried({ namespace, name }: Pick<NotificationLabels, Named>, seconds: number): void {
    if (this.#exists({ namespace, name })) this.#seconds.observe({ namespace, name }, seconds)
  }

  /** Ends the series of a Rollout that is gone. */
  forget(rollout: Readonly<Record<Named, string>>): void {
    this.#successes.remove(rollout)
    this.#errors.remove(rollout)
    this.#seconds.remove(rollout)
  }
}
