/** The trigger of an event: `on-rollout-step-completed` for `RolloutStepCompleted`, as the published controller names them. */
export const triggerOf = (reason: string): string => {
  const words = reason.replaceAll(/(.)([A-Z][a-z]+)/g, '$1-$2').replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
  return `on-${words.toLowerCase()}`
}
