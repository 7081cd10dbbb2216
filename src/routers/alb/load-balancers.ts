import type { AskAws } from '../../lib/aws-question.ts'
import { childrenNamed, elementAt, parseXml, type XmlElement } from '../../lib/xml.ts'

/** Asks about load balancers and target groups in one region (Elastic Load Balancing API, 2015-12-01). */
export interface LoadBalancerQuestions {
  readonly ask: AskAws
  readonly signal: AbortSignal
}

/** A load balancer or target group as the status tells it. */
export interface AwsResource {
  readonly arn: string
  readonly name: string
}

/** A target group and its tags. */
export interface TargetGroup extends AwsResource {
  readonly tags: ReadonlyMap<string, string>
  /** Whether its targets are pods, by their addresses. */
  readonly takesPods: boolean
}

/**
 * A rule of a listener that forwards: weights by the ARN of target groups, for requests with these headers and query
 * parameters. One of the values of each condition is enough.
 */
export interface ForwardRule {
  readonly weights: ReadonlyMap<string, number>
  readonly headers: readonly { readonly name: string; readonly values: readonly string[] }[]
  /** Each with its alternatives as `key=value`. */
  readonly queries: readonly (readonly string[])[]
}

/** A target of a target group. */
export interface Target {
  /** Address of a pod, or id of a machine. */
  readonly id: string
  /** `healthy`, `initial`, `unhealthy`, `unused`, `draining` or another of AWS' words. */
  readonly state: string
}

/** A bound for answers that never end. */
const mostPages = 50
/** Target groups that one question about tags may name. */
const tagBatch = 20

const askAction = async (
  { ask, signal }: LoadBalancerQuestions,
  about: string,
  action: string,
  parameters: Readonly<Record<string, string>>,
): Promise<XmlElement> => {
  const service = { service: 'elasticloadbalancing', endpointId: 'ELASTIC_LOAD_BALANCING_V2', version: '2015-12-01' }
  const answer = await ask({ ...service, action, parameters, about }, signal)
  return elementAt(parseXml(answer), `${action}Result`)
}

const membersOf = (element: XmlElement): readonly XmlElement[] => childrenNamed(element, 'member')

/** The members of a list in all pages of an answer. */
const askList = async (
  questions: LoadBalancerQuestions,
  about: string,
  action: string,
  list: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<readonly XmlElement[]> => {
  const members: XmlElement[] = []
  let marker = ''
  for (let page = 0; page < mostPages; page++) {
    const result = await askAction(questions, about, action, { ...parameters, ...(marker && { Marker: marker }) })
    members.push(...membersOf(elementAt(result, list)))
    marker = elementAt(result, 'NextMarker').text
    if (marker === '') break
  }
  return members
}

/** The load balancer with this host name; `undefined` when AWS knows none. Rejects as {@link AskAws} does. */
export const findLoadBalancer = async (
  hostname: string,
  questions: LoadBalancerQuestions,
): Promise<AwsResource | undefined> => {
  const all = await askList(questions, hostname, 'DescribeLoadBalancers', 'LoadBalancers', { PageSize: '400' })
  const found = all.find((one) => elementAt(one, 'DNSName').text.toLowerCase() === hostname.toLowerCase())
  return found && { arn: elementAt(found, 'LoadBalancerArn').text, name: elementAt(found, 'LoadBalancerName').text }
}

const tagsOf = async (
  arns: readonly string[],
  questions: LoadBalancerQuestions,
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> => {
  const tags = new Map<string, ReadonlyMap<string, string>>()
  for (let from = 0; from < arns.length; from += tagBatch) {
    const batch = arns.slice(from, from + tagBatch)
    const parameters = Object.fromEntries(batch.map((arn, index) => [`ResourceArns.member.${index + 1}`, arn]))
    for (const one of await askList(questions, batch[0] ?? '', 'DescribeTags', 'TagDescriptions', parameters)) {
      const pairs = membersOf(elementAt(one, 'Tags')).map(
        (tag) => [elementAt(tag, 'Key').text, elementAt(tag, 'Value').text] as const,
      )
      tags.set(elementAt(one, 'ResourceArn').text, new Map(pairs))
    }
  }
  return tags
}

/** The target groups that a load balancer uses. Rejects as {@link AskAws} does. */
export const targetGroupsOf = async (
  loadBalancerArn: string,
  questions: LoadBalancerQuestions,
): Promise<readonly TargetGroup[]> => {
  const parameters = { LoadBalancerArn: loadBalancerArn, PageSize: '400' }
  const found = await askList(questions, loadBalancerArn, 'DescribeTargetGroups', 'TargetGroups', parameters)
  const groups = found.map((one) => ({
    arn: elementAt(one, 'TargetGroupArn').text,
    name: elementAt(one, 'TargetGroupName').text,
    takesPods: elementAt(one, 'TargetType').text === 'ip',
  }))
  const tags = await tagsOf(
    groups.map(({ arn }) => arn),
    questions,
  )
  return groups.map((group) => ({ ...group, tags: tags.get(group.arn) ?? new Map<string, string>() }))
}

const headersOf = (rule: XmlElement): ForwardRule['headers'] =>
  membersOf(elementAt(rule, 'Conditions'))
    .map((condition) => elementAt(condition, 'HttpHeaderConfig'))
    .filter((config) => config.children.length > 0)
    .map((config) => ({
      name: elementAt(config, 'HttpHeaderName').text,
      values: membersOf(elementAt(config, 'Values')).map(({ text }) => text),
    }))

const queriesOf = (rule: XmlElement): ForwardRule['queries'] =>
  membersOf(elementAt(rule, 'Conditions'))
    .map((condition) => membersOf(elementAt(condition, 'QueryStringConfig', 'Values')))
    .filter((values) => values.length > 0)
    .map((values) => values.map((pair) => `${elementAt(pair, 'Key').text}=${elementAt(pair, 'Value').text}`))

const forwardsOf = (rule: XmlElement): readonly ForwardRule[] =>
  membersOf(elementAt(rule, 'Actions'))
    .map((action) => membersOf(elementAt(action, 'ForwardConfig', 'TargetGroups')))
    .filter((groups) => groups.length > 0)
    .map((groups) => ({
      weights: new Map(
        groups.map((group) => [elementAt(group, 'TargetGroupArn').text, Number(elementAt(group, 'Weight').text)]),
      ),
      headers: headersOf(rule),
      queries: queriesOf(rule),
    }))

/** The rules of all listeners of a load balancer that forward requests. Rejects as {@link AskAws} does. */
export const forwardRulesOf = async (
  loadBalancerArn: string,
  questions: LoadBalancerQuestions,
): Promise<readonly ForwardRule[]> => {
  const of = { LoadBalancerArn: loadBalancerArn }
  const listeners = await askList(questions, loadBalancerArn, 'DescribeListeners', 'Listeners', of)
  const rules: ForwardRule[] = []
  for (const listener of listeners) {
    const parameters = { ListenerArn: elementAt(listener, 'ListenerArn').text }
    const found = await askList(questions, loadBalancerArn, 'DescribeRules', 'Rules', parameters)
    rules.push(...found.flatMap(forwardsOf))
  }
  return rules
}

/** The targets of a target group. Rejects as {@link AskAws} does. */
export const targetsOf = async (
  targetGroupArn: string,
  questions: LoadBalancerQuestions,
): Promise<readonly Target[]> => {
  const parameters = { TargetGroupArn: targetGroupArn }
  const result = await askAction(questions, targetGroupArn, 'DescribeTargetHealth', parameters)
  return membersOf(elementAt(result, 'TargetHealthDescriptions')).map((one) => ({
    id: elementAt(one, 'Target', 'Id').text,
    state: elementAt(one, 'TargetHealth', 'State').text,
  }))
}
