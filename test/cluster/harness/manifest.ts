/** An object as a person writes it. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

const labels = { app: 'shop' }

/** The pods of a version. Its tag says how they behave: `…-unready`, `…-crash`, `…-unpullable` never become Ready. */
export function podTemplate(tag: string): object {
  return {
    metadata: { labels },
    spec: { containers: [{ name: 'shop', image: `shop:${tag}`, ports: [{ containerPort: 8080 }] }] },
  }
}

/** The Rollout `shop` at version 1.0. */
export function aRollout(strategy: object, spec: object = {}): Manifest {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'shop' },
    spec: { replicas: 3, selector: { matchLabels: labels }, template: podTemplate('1.0'), strategy, ...spec },
  }
}

/** What changes a Rollout or Deployment to another version. */
export function toVersion(tag: string): object {
  return { spec: { template: podTemplate(tag) } }
}

/** A Service of all pods of the shop. */
export function aService(name: string): Manifest {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: labels, ports: [{ port: 80 }] } }
}

/** An Ingress that sends everything to one Service. */
export function anIngress(service: string): Manifest {
  const backend = { service: { name: service, port: { number: 80 } } }
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'shop' },
    spec: {
      ingressClassName: 'nginx',
      rules: [{ host: 'shop.test', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  }
}

/** An autoscaler that wants one pod of the Rollout for each unit of `demand`, at once, up and down. */
export function anAutoscaler(): Manifest {
  const atOnce = { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 100, periodSeconds: 1 }] }
  const target = { type: 'AverageValue', averageValue: '1' }
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'shop' },
    spec: {
      scaleTargetRef: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'shop' },
      minReplicas: 1,
      maxReplicas: 20,
      metrics: [{ type: 'External', external: { metric: { name: 'demand' }, target } }],
      behavior: { scaleUp: atOnce, scaleDown: atOnce },
    },
  }
}
