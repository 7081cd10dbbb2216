/** What the Rollout of a load differs in. */
export interface RolloutOptions {
  readonly replicas: number
  /** Steps of its canary, as the API has them. */
  readonly steps?: readonly object[]
}

/** A Rollout as a load creates it: a canary by replicas, of a pod that is ready after 1.8 s. */
export function rolloutManifest(namespace: string, name: string, { replicas, steps }: RolloutOptions): object {
  const labels = { app: name }
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'app',
              image: 'registry.example/team/app:1',
              ports: [{ containerPort: 8080 }],
              env: [{ name: 'LOG_LEVEL', value: 'info' }],
              resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } },
              readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 5 },
            },
          ],
        },
      },
      strategy: { canary: steps === undefined ? {} : { steps } },
    },
  }
}
