import { albAction } from '../../src/api/kubernetes/alb-action.ts'
import { targetGroupBindings } from '../../src/api/resources.ts'
import { type Net, NetFailure, type NetRequest, type NetResponse } from '../../src/kube/net.ts'
import { closedHost } from '../../src/providers/surroundings.ts'
import { defaultRouterVersions } from '../../src/routers/router-versions.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { readyPodsOf } from '../../src/sandbox/traffic/split.ts'
import { FakeLoadBalancer, type FakeTargetGroup } from '../builders/fake-load-balancer.ts'
import { type Story, type StoryOptions, story } from './harness.ts'

const latencyMs = 50

/** AWS as the AWS Load Balancer Controller keeps it for the Ingress `web`, and what may go wrong with it. */
export class AwsHost {
  readonly balancer = new FakeLoadBalancer('k8s-web')
  /** Nobody answers. */
  isDown = false
  /** It stays as it is, whatever the Ingress and the Services say. */
  isBehind = false

  /** The network of a sandbox with AWS in it. */
  on({ net, clock, cluster }: Sandbox): Net {
    const answer = async (request: NetRequest): Promise<NetResponse> => {
      await clock.sleep(latencyMs, request.signal)
      if (this.isDown) throw new NetFailure('elasticloadbalancing: connect ECONNREFUSED')
      if (!this.isBehind) this.#follow(cluster)
      const {
        Action: action = '',
        Version: version = '',
        ...parameters
      } = Object.fromEntries(new URLSearchParams(request.body))
      const service = { service: 'elasticloadbalancing', endpointId: '', about: '' }
      const signal = request.signal ?? new AbortController().signal
      const text = await this.balancer.ask({ ...service, version, action, parameters }, signal)
      return { status: 200, headers: {}, text }
    }
    return { fetch: (request) => (request.url.includes('amazonaws') ? answer(request) : net.fetch(request)) }
  }

  #follow(cluster: Sandbox['cluster']): void {
    const groupOf = (service: string): FakeTargetGroup => {
      const found = cluster.get('Service', { namespace: 'default', name: service })
      const pods = found === undefined ? [] : readyPodsOf(found, cluster.list('Pod', 'default'))
      const targets = pods.map(({ status }) => ({ id: status?.podIP ?? '', state: 'healthy' }))
      return { resource: `default/web-${service}:80`, targets }
    }
    const services = cluster.list('Service', 'default').map(({ metadata }) => metadata.name)
    this.balancer.groups = Object.fromEntries(services.map((service) => [service, groupOf(service)]))
    const { metadata } = cluster.get('Ingress', { namespace: 'default', name: 'web' }) ?? {}
    const actions = Object.entries(metadata?.annotations ?? {}).filter(([key]) => key.includes('/actions.'))
    this.balancer.rules = actions.map(([, text]) => {
      const groups = albAction.parse(JSON.parse(text)).ForwardConfig.TargetGroups
      return { weights: Object.fromEntries(groups.map(({ ServiceName, Weight }) => [ServiceName, Weight])) }
    })
  }
}

const env = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-1' }

const asking: StoryOptions = {
  host: closedHost(env),
  routerVersions: {
    ...defaultRouterVersions,
    targetGroups: { tagKey: 'ingress.k8s.aws/resource', bindings: targetGroupBindings },
  },
}

/** A story in which AWS is asked about load balancers. */
export const awsStory = (title: string, tell: (story: Story, aws: AwsHost) => Promise<void>): void => {
  const aws = new AwsHost()
  story(title, { ...asking, net: (sandbox) => aws.on(sandbox) }, (told) => tell(told, aws))
}
