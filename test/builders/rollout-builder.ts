import type { RolloutManifest } from '../../src/api/rollout.ts'
import type { CanaryStep } from '../../src/api/steps.ts'
import type { JsonObject } from '../../src/lib/json.ts'

type Spec = RolloutManifest['spec']
type Canary = NonNullable<NonNullable<Spec['strategy']>['canary']>
type BlueGreen = NonNullable<NonNullable<Spec['strategy']>['blueGreen']>

/**
 * Makes Rollouts for tests: `aRollout('web').withReplicas(5).withSteps(setWeight(20), pause()).build()`. Every method
 * returns a new builder, so a half-built one can be shared. What is not said has the least that works: one replica, an
 * image `<name>:1`, an empty canary strategy.
 */
export class RolloutBuilder {
  readonly #manifest: RolloutManifest

  constructor(manifest: RolloutManifest) {
    this.#manifest = manifest
  }

  build(): RolloutManifest {
    return structuredClone(this.#manifest)
  }

  inNamespace(namespace: string): RolloutBuilder {
    return this.#withMetadata({ namespace })
  }

  withLabels(labels: Record<string, string>): RolloutBuilder {
    return this.#withMetadata({ labels: { ...this.#manifest.metadata.labels, ...labels } })
  }

  withAnnotations(annotations: Record<string, string>): RolloutBuilder {
    return this.#withMetadata({ annotations: { ...this.#manifest.metadata.annotations, ...annotations } })
  }

  withReplicas(replicas: number): RolloutBuilder {
    return this.withSpec({ replicas })
  }

  withImage(image: string): RolloutBuilder {
    const { template } = this.#manifest.spec
    const [first = { name: 'main' }, ...others] = template?.spec?.containers ?? []
    const spec = { ...template?.spec, containers: [{ ...first, image }, ...others] }
    return this.withSpec({ template: { ...template, spec } })
  }

  /** The container declares these ports. */
  withPorts(...ports: number[]): RolloutBuilder {
    const { template } = this.#manifest.spec
    const [first = { name: 'main' }, ...others] = template?.spec?.containers ?? []
    const named = { ...first, ports: ports.map((containerPort) => ({ containerPort })) }
    return this.withSpec({ template: { ...template, spec: { ...template?.spec, containers: [named, ...others] } } })
  }

  withPodAnnotations(annotations: Record<string, string>): RolloutBuilder {
    const { template } = this.#manifest.spec
    return this.withSpec({ template: { ...template, metadata: { ...template?.metadata, annotations } } })
  }

  /** Sets members of the spec, in place of what was there. */
  withSpec(members: Partial<Spec>): RolloutBuilder {
    return new RolloutBuilder({ ...this.#manifest, spec: { ...this.#manifest.spec, ...members } })
  }

  /** Sets members of the canary strategy, in place of what was there. */
  withCanary(members: Partial<Canary>): RolloutBuilder {
    const canary = { ...this.#manifest.spec.strategy?.canary, ...members }
    return this.withSpec({ strategy: { canary } })
  }

  withSteps(...steps: CanaryStep[]): RolloutBuilder {
    return this.withCanary({ steps })
  }

  /**
   * Makes it blue/green, behind the Service `<rollout>-active` unless another one is said, and sets members of the
   * strategy in place of what was there.
   */
  withBlueGreen(members: Partial<BlueGreen> = {}): RolloutBuilder {
    const activeService = `${this.#manifest.metadata.name ?? ''}-active`
    const blueGreen = { activeService, ...this.#manifest.spec.strategy?.blueGreen, ...members }
    return this.withSpec({ strategy: { blueGreen } })
  }

  /** Weights by an HTTPRoute of this name, between the Services `<rollout>-stable` and `<rollout>-canary`. */
  routedByHttpRoute(route: string): RolloutBuilder {
    return this.routedBy({ gatewayAPI: { httpRoute: route } })
  }

  /** Weights by a canary ingress beside this one. */
  routedByIngress(ingress: string): RolloutBuilder {
    return this.routedBy({ nginx: { stableIngress: ingress } })
  }

  /** Weights by a plugin of this name. */
  routedByPlugin(name: string, config: JsonObject = {}): RolloutBuilder {
    return this.routedBy({ plugins: { [name]: config } })
  }

  /** Names of the routes that its steps may make, the first with the highest priority. */
  withManagedRoutes(...names: string[]): RolloutBuilder {
    const { trafficRouting } = this.#manifest.spec.strategy?.canary ?? {}
    return this.withCanary({ trafficRouting: { ...trafficRouting, managedRoutes: names.map((name) => ({ name })) } })
  }

  /** Weights by these routers, between the Services `<rollout>-stable` and `<rollout>-canary`. */
  routedBy(trafficRouting: NonNullable<Canary['trafficRouting']>): RolloutBuilder {
    const name = this.#manifest.metadata.name ?? ''
    return this.withCanary({ stableService: `${name}-stable`, canaryService: `${name}-canary`, trafficRouting })
  }

  #withMetadata(members: RolloutManifest['metadata']): RolloutBuilder {
    return new RolloutBuilder({ ...this.#manifest, metadata: { ...this.#manifest.metadata, ...members } })
  }
}

/** See {@link RolloutBuilder}. */
export const aRollout = (name: string): RolloutBuilder =>
  new RolloutBuilder({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image: `${name}:1` }] },
      },
      strategy: { canary: {} },
    },
  })

/** Step: the canary gets this weight. */
export const setWeight = (weight: number): CanaryStep => ({ setWeight: weight })

/** Step: wait, for a duration such as `30s`, or until somebody resumes. */
export const pause = (duration?: string | number): CanaryStep => ({ pause: duration === undefined ? {} : { duration } })

/** Step: the canary gets this size, whatever its weight. */
export const setCanaryScale = (scale: NonNullable<CanaryStep['setCanaryScale']>): CanaryStep => ({
  setCanaryScale: scale,
})

/** Step: an analysis by this template must succeed. */
export const analysis = (templateName: string): CanaryStep => ({ analysis: { templates: [{ templateName }] } })

/** Step: requests with this header go to the canary, by a route of this name; without a header the route goes. */
export const setHeaderRoute = (name: string, headers?: Readonly<Record<string, string>>): CanaryStep => ({
  setHeaderRoute: {
    name,
    ...(headers && {
      match: Object.entries(headers).map(([headerName, exact]) => ({ headerName, headerValue: { exact } })),
    }),
  },
})

/** What {@link setRequestRoute} asks of requests. */
interface RequestConditions {
  readonly cookie?: readonly [name: string, exact: string]
  readonly query?: Readonly<Record<string, string>>
}

/** Step: requests with this cookie and these query parameters go to the canary, by a route of this name. */
export const setRequestRoute = (name: string, { cookie, query = {} }: RequestConditions): CanaryStep => ({
  setHeaderRoute: {
    name,
    ...(cookie && { cookie: { name: cookie[0], value: { exact: cookie[1] } } }),
    queryParams: Object.entries(query).map(([param, exact]) => ({ name: param, value: { exact } })),
  },
})

/** Step: a copy of requests with this method goes to the canary, by a route of this name; without one the route goes. */
export const setMirrorRoute = (name: string, method?: string, percentage?: number): CanaryStep => ({
  setMirrorRoute: {
    name,
    ...(method !== undefined && { match: [{ method: { exact: method } }] }),
    ...(percentage !== undefined && { percentage }),
  },
})

/** A step that a plugin runs. */
export const plugin = (name: string, config?: JsonObject): CanaryStep => ({
  plugin: { name, ...(config && { config }) },
})

/** Step: pods run beside the release. */
export const experiment = (step: NonNullable<CanaryStep['experiment']>): CanaryStep => ({ experiment: step })
