import type { AskAws } from '../../src/lib/aws-question.ts'

/** A target group of {@link FakeLoadBalancer}. */
export interface FakeTargetGroup {
  /** What its tag says it is for. */
  readonly resource: string
  readonly targets: readonly { readonly id: string; readonly state: string }[]
  /** Default `ip`. */
  readonly targetType?: string
}

/** A rule of its listener. */
export interface FakeRule {
  /** Weights by the names of target groups. */
  readonly weights: Readonly<Record<string, number>>
  readonly headers?: Readonly<Record<string, readonly string[]>>
  /** Query parameters, of which a request must have all. */
  readonly queries?: Readonly<Record<string, string>>
}

const arn = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012'

/** ARN of a target group of this name. */
export const targetGroupArn = (name: string): string => `${arn}:targetgroup/${name}/6d0e`

/** ARN of the load balancer of this name. */
export const loadBalancerArn = (name: string): string => `${arn}:loadbalancer/app/${name}/50dc`

const members = (list: readonly string[]): string => list.map((one) => `<member>${one}</member>`).join('')

/** A load balancer of AWS with one listener, and what the API says about it. */
export class FakeLoadBalancer {
  /** The first part of its host name; another one is another load balancer. */
  name: string
  groups: Readonly<Record<string, FakeTargetGroup>> = {}
  rules: readonly FakeRule[] = []
  /** Actions that were asked, in order. */
  readonly asked: string[] = []
  /** What becomes of the next questions instead. */
  fault: Error | undefined
  tagKey = 'ingress.k8s.aws/resource'

  constructor(name: string) {
    this.name = name
  }

  get hostname(): string {
    return `${this.name}-50dc.eu-west-1.elb.amazonaws.com`
  }

  /** The API. One page holds one load balancer, so that there are several. */
  readonly ask: AskAws = async ({ action, parameters }) => {
    this.asked.push(action)
    if (this.fault !== undefined) throw this.fault
    return `<${action}Response><${action}Result>${this.#result(action, parameters)}</${action}Result></${action}Response>`
  }

  #result(action: string, parameters: Readonly<Record<string, string>>): string {
    switch (action) {
      case 'DescribeLoadBalancers':
        return this.#loadBalancers(parameters.Marker)
      case 'DescribeTargetGroups':
        return `<TargetGroups>${members(Object.keys(this.groups).map((name) => this.#group(name)))}</TargetGroups>`
      case 'DescribeTags':
        return `<TagDescriptions>${members(Object.values(parameters).map((of) => this.#tags(of)))}</TagDescriptions>`
      case 'DescribeListeners':
        return `<Listeners>${members([`<ListenerArn>${arn}:listener/app/${this.name}/50dc/1</ListenerArn>`])}</Listeners>`
      case 'DescribeRules':
        return `<Rules>${members(this.rules.map(ruleXml))}</Rules>`
      case 'DescribeTargetHealth':
        return this.#health(parameters.TargetGroupArn ?? '')
      default:
        throw new Error(`nobody has told what ${action} answers`)
    }
  }

  #loadBalancers(marker: string | undefined): string {
    const [name, hostname] = marker === undefined ? ['other', 'other.example'] : [this.name, this.hostname]
    const fields = [
      `<LoadBalancerArn>${loadBalancerArn(name)}</LoadBalancerArn>`,
      `<DNSName>${hostname}</DNSName><LoadBalancerName>${name}</LoadBalancerName>`,
    ]
    const next = marker === undefined ? '<NextMarker>2</NextMarker>' : ''
    return `<LoadBalancers>${members([fields.join('')])}</LoadBalancers>${next}`
  }

  #group(name: string): string {
    const type = this.groups[name]?.targetType ?? 'ip'
    const id = `<TargetGroupArn>${targetGroupArn(name)}</TargetGroupArn><TargetGroupName>${name}</TargetGroupName>`
    return `${id}<TargetType>${type}</TargetType>`
  }

  #tags(of: string): string {
    const [name = ''] = Object.keys(this.groups).filter((one) => targetGroupArn(one) === of)
    const tag = `<Key>${this.tagKey}</Key><Value>${this.groups[name]?.resource ?? ''}</Value>`
    return `<ResourceArn>${of}</ResourceArn><Tags>${members([tag])}</Tags>`
  }

  #health(of: string): string {
    const found = Object.entries(this.groups).find(([name]) => targetGroupArn(name) === of)
    const targets = (found?.[1].targets ?? []).map(
      ({ id, state }) =>
        `<Target><Id>${id}</Id><Port>8080</Port></Target><TargetHealth><State>${state}</State></TargetHealth>`,
    )
    return `<TargetHealthDescriptions>${members(targets)}</TargetHealthDescriptions>`
  }
}

const ruleXml = ({ weights, headers = {}, queries = {} }: FakeRule): string => {
  const groups = Object.entries(weights).map(
    ([name, weight]) => `<TargetGroupArn>${targetGroupArn(name)}</TargetGroupArn><Weight>${weight}</Weight>`,
  )
  const conditions = Object.entries(headers).map(
    ([name, values]) =>
      `<Field>http-header</Field><HttpHeaderConfig><HttpHeaderName>${name}</HttpHeaderName>` +
      `<Values>${members(values)}</Values></HttpHeaderConfig>`,
  )
  const ofQueries = Object.entries(queries).map(([key, value]) => {
    const pair = `<Key>${key}</Key><Value>${value}</Value>`
    return `<Field>query-string</Field><QueryStringConfig><Values>${members([pair])}</Values></QueryStringConfig>`
  })
  const action = `<Type>forward</Type><ForwardConfig><TargetGroups>${members(groups)}</TargetGroups></ForwardConfig>`
  return `<Conditions>${members([...conditions, ...ofQueries])}</Conditions><Actions>${members([action])}</Actions>`
}
