import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { NetResponse } from '../../../src/kube/net.ts'
import { askQueryApi } from '../../../src/providers/aws/query-api.ts'
import { closedHost, surroundingsOf } from '../../../src/providers/surroundings.ts'
import { AnsweringNet } from '../../builders/answering-net.ts'
import { ManualClock } from '../../builders/manual-clock.ts'

const env = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' }

const question = {
  service: 'elasticloadbalancing',
  endpointId: 'ELASTIC_LOAD_BALANCING_V2',
  version: '2015-12-01',
  action: 'DescribeTargetHealth',
  parameters: { TargetGroupArn: 'a/b' },
  about: 'web-1.eu-west-1.elb.amazonaws.com',
}

const ask = async (
  answer: Partial<NetResponse>,
  { about = question.about, host = env }: { about?: string; host?: Record<string, string> } = {},
) => {
  const net = new AnsweringNet(() => answer)
  const context = {
    net,
    clock: new ManualClock(),
    surroundings: surroundingsOf(closedHost(host)),
    signal: new AbortController().signal,
  }
  const text = await askQueryApi({ ...question, about }, context)
  return { text, request: net.requests[0] }
}

describe('a question to an API of AWS', () => {
  it('is a signed form to the region of what it is about', async () => {
    const { text, request } = await ask({ text: '<ok/>' })
    assert.equal(text, '<ok/>')
    assert.equal(request?.url, 'https://elasticloadbalancing.eu-west-1.amazonaws.com/')
    assert.equal(request?.body, 'Action=DescribeTargetHealth&Version=2015-12-01&TargetGroupArn=a%2Fb')
    assert.match(
      request?.headers?.authorization ?? '',
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/elasticloadbalancing\/aws4_request, /,
    )
  })

  it('finds the region in an Amazon resource name, and else in the environment', async () => {
    const arn = 'arn:aws:elasticloadbalancing:us-east-2:1:targetgroup/a/1'
    assert.match((await ask({}, { about: arn })).request?.url ?? '', /us-east-2/)
    const host = { ...env, AWS_REGION: 'ap-south-1' }
    assert.match((await ask({}, { about: 'lb.example', host })).request?.url ?? '', /ap-south-1/)
  })

  it('goes to the address that the environment names for the service', async () => {
    const host = { ...env, AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: 'http://aws.test:4566' }
    assert.equal((await ask({}, { host })).request?.url, 'http://aws.test:4566/')
  })

  it('fails with what AWS says, and with what to allow', async () => {
    const denied = '<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>'
    const advice = 'allow elasticloadbalancing:DescribeTargetHealth in the IAM role of the controller'
    const prefix = 'DescribeTargetHealth: AWS elasticloadbalancing answered'
    const cases: readonly (readonly [Partial<NetResponse>, string])[] = [
      [{ status: 403, text: denied }, `${prefix} 403 AccessDenied: not you; ${advice}`],
      [
        { status: 400, text: '<Response><Errors><Error><Code>Throttling</Code></Error></Errors></Response>' },
        `${prefix} 400 Throttling`,
      ],
      [{ status: 502, text: '<html><p>bad gateway' }, `${prefix} 502`],
    ]
    for (const [answer, message] of cases) await assert.rejects(ask(answer), { name: 'AwsError', message })
  })
})
