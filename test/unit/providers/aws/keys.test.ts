import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { NetRequest, NetResponse } from '../../../../src/kube/net.ts'
import { type AwsIdentity, awsKeys, awsRegion } from '../../../../src/providers/aws/keys.ts'
import type { AwsContext } from '../../../../src/providers/aws/sts.ts'
import { closedHost, surroundingsOf } from '../../../../src/providers/surroundings.ts'
import { AnsweringNet } from '../../../builders/answering-net.ts'
import { ManualClock } from '../../../builders/manual-clock.ts'

type Env = Readonly<Record<string, string>>

interface World {
  readonly env?: Env
  readonly files?: Env
  readonly answer?: (request: NetRequest) => Partial<NetResponse> | undefined
}

/** The place where a controller runs: environment, files, what answers nearby. */
const worldOf = ({ env = {}, files = {}, answer = () => undefined }: World) => {
  const net = new AnsweringNet(answer)
  const clock = new ManualClock()
  const { signal } = new AbortController()
  const context: AwsContext = { net, clock, surroundings: surroundingsOf(closedHost(env, files)), signal }
  const keys = (identity: AwsIdentity = {}) => awsKeys(identity, 'eu-west-1', context)
  return { net, clock, context, keys }
}

const inAnHour = '2026-01-01T01:00:00Z'

/** An answer of AWS STS to either way to assume a role. */
const assumed = (key = 'ASIAROLE'): Partial<NetResponse> => ({
  text: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
    <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/judge/crossfade</Arn></AssumedRoleUser>
    <Credentials><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>s&amp;cret</SecretAccessKey>
    <SessionToken>token+/=</SessionToken><Expiration>${inAnHour}</Expiration></Credentials>
    </AssumeRoleResult></AssumeRoleResponse>`,
})
const ofRole = { accessKeyId: 'ASIAROLE', secretAccessKey: 's&cret', sessionToken: 'token+/=' }

const nearby = JSON.stringify({ AccessKeyId: 'ASIANEAR', SecretAccessKey: 'near', Token: 't', Expiration: inAnHour })
const ofNearby = { accessKeyId: 'ASIANEAR', secretAccessKey: 'near', sessionToken: 't' }

const environment = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'env' }
const webIdentity = { AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/token', AWS_ROLE_ARN: 'arn:aws:iam::1:role/judge' }
const tokenFile = { '/var/run/token': 'eyJ.token\n' }

describe('the AWS keys', () => {
  it('are those of the metric before all others', async () => {
    const { keys } = worldOf({ env: environment })
    assert.deepEqual(await keys({ accessKey: 'AKIAOWN', secretKey: 'own' }), {
      accessKeyId: 'AKIAOWN',
      secretAccessKey: 'own',
    })
  })

  it('are those of the environment, read anew each time', async () => {
    const { keys, net } = worldOf({ env: environment })
    assert.deepEqual(await keys(), { accessKeyId: 'AKIAENV', secretAccessKey: 'env', sessionToken: undefined })
    assert.deepEqual(net.urls, [])
  })

  it('are those of the role that the service account has, kept until shortly before their end', async () => {
    const { keys, net, clock } = worldOf({ env: webIdentity, files: tokenFile, answer: () => assumed() })
    assert.deepEqual(await keys(), ofRole)
    await clock.advance(50 * 60_000)
    await keys()
    assert.equal(net.requests.length, 1)
    await clock.advance(9 * 60_000 + 1000)
    await keys()
    assert.equal(net.requests.length, 2)
    const [request] = net.requests
    assert.equal(request?.url, 'https://sts.eu-west-1.amazonaws.com/')
    const form = new URLSearchParams(request?.body)
    assert.deepEqual([form.get('Action'), form.get('RoleArn')], ['AssumeRoleWithWebIdentity', webIdentity.AWS_ROLE_ARN])
    assert.equal(form.get('WebIdentityToken'), 'eyJ.token')
    assert.equal(request?.headers?.authorization, undefined)
  })

  it('are those of the role of the metric, which the others may assume', async () => {
    const { keys, net } = worldOf({ env: environment, answer: () => assumed() })
    assert.deepEqual(await keys({ roleArn: 'arn:aws:iam::2:role/metrics' }), ofRole)
    const [request] = net.requests
    assert.match(request?.headers?.authorization ?? '', /Credential=AKIAENV\/\d{8}\/eu-west-1\/sts\/aws4_request/)
    assert.equal(new URLSearchParams(request?.body).get('Action'), 'AssumeRole')
  })

  const configuration = {
    '/home/app/.aws/credentials': '[default]\naws_access_key_id = AKIAFILE\naws_secret_access_key=file # mine\n',
    '/home/app/.aws/config': [
      '[default]',
      'region = eu-north-1',
      '[profile metrics]',
      'role_arn = arn:aws:iam::2:role/metrics',
      'source_profile = default',
      'region=us-east-2',
      '[profile loop]',
      'role_arn = arn:x',
      'source_profile = loop',
    ].join('\n'),
  }
  const home = { HOME: '/home/app' }

  it('are those of the shared files', async () => {
    const { keys } = worldOf({ env: home, files: configuration })
    assert.deepEqual(await keys(), { accessKeyId: 'AKIAFILE', secretAccessKey: 'file', sessionToken: undefined })
  })

  it('are those of a profile that assumes a role with another one', async () => {
    const { keys, net } = worldOf({ env: home, files: configuration, answer: () => assumed() })
    assert.deepEqual(await keys({ profile: 'metrics' }), ofRole)
    assert.match(net.requests[0]?.headers?.authorization ?? '', /Credential=AKIAFILE\//)
  })

  it('are those of the container', async () => {
    const env = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/var/run/token',
    }
    const { keys, net } = worldOf({ env, files: tokenFile, answer: () => ({ text: nearby }) })
    assert.deepEqual(await keys(), ofNearby)
    assert.deepEqual(
      [net.urls[0], net.requests[0]?.headers?.authorization],
      [env.AWS_CONTAINER_CREDENTIALS_FULL_URI, 'eyJ.token'],
    )
  })

  it('are those of the machine', async () => {
    const { keys, net } = worldOf({
      answer: ({ method, url, headers }) => {
        if (method === 'PUT') return { text: 'session' }
        if (headers?.['x-aws-ec2-metadata-token'] !== 'session') return { status: 401 }
        return { text: url.endsWith('/security-credentials/') ? 'node-role\n' : nearby }
      },
    })
    assert.deepEqual(await keys(), ofNearby)
    assert.deepEqual(net.urls, [
      'http://169.254.169.254/latest/api/token',
      'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
      'http://169.254.169.254/latest/meta-data/iam/security-credentials/node-role',
    ])
  })

  const unusable: readonly (readonly [string, World, AwsIdentity, RegExp])[] = [
    [
      'nobody has any',
      {},
      {},
      /^no AWS credentials: give the service account .* \(169\.254\.169\.254: .*ECONNREFUSED\)$/,
    ],
    ['the machine is not to be asked', { env: { AWS_EC2_METADATA_DISABLED: 'true' } }, {}, /^no AWS credentials/],
    ['half a pair is given', {}, { accessKey: 'AKIA' }, /set both accessKey and secretKey/],
    ['there is no such profile', { env: home, files: configuration }, { profile: 'x' }, /no AWS profile x: add it/],
    [
      'a profile leads to itself',
      { env: home, files: configuration },
      { profile: 'loop' },
      /profile loop holds no keys/,
    ],
    ['the token of the service account is not mounted', { env: webIdentity }, {}, /\/var\/run\/token failed: check/],
    [
      'the role may not be assumed',
      {
        env: environment,
        answer: () => ({
          status: 403,
          text: '<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized</Message></Error></ErrorResponse>',
        }),
      },
      { roleArn: 'arn:x' },
      /^assuming the role arn:x: AWS STS answered 403 AccessDenied: not authorized$/,
    ],
    [
      'STS answers something else',
      { env: environment, answer: () => ({ text: '<html>' }) },
      { roleArn: 'arn:x' },
      /holds no keys/,
    ],
  ]
  for (const [what, world, identity, message] of unusable) {
    it(`are an error when ${what}`, async () => {
      await assert.rejects(worldOf(world).keys(identity), { message })
    })
  }

  const regions: readonly (readonly [string, AwsIdentity, string | undefined, World, string])[] = [
    ['the metric', { region: 'a' }, undefined, { env: { AWS_REGION: 'b' } }, 'a'],
    [
      'the address',
      {},
      'https://aps-workspaces.us-gov-west-1.amazonaws.com/w',
      { env: { AWS_REGION: 'b' } },
      'us-gov-west-1',
    ],
    ['the environment', {}, 'https://prometheus.example', { env: { AWS_DEFAULT_REGION: 'c' } }, 'c'],
    ['the profile', { profile: 'metrics' }, undefined, { env: home, files: configuration }, 'us-east-2'],
  ]
  for (const [who, identity, address, world, region] of regions) {
    it(`are for the region that ${who} names`, async () => {
      assert.equal(await awsRegion(identity, address, worldOf(world).context), region)
    })
  }
})
