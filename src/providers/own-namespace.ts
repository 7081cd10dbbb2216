import type { MeasureContext } from './provider.ts'

/** Namespace of the controller, where the Secrets of metric systems are unless a metric says otherwise. */
export const ownNamespaceOf = ({ config }: Pick<MeasureContext, 'config'>): string =>
  config.ownNamespace ?? 'argo-rollouts'
