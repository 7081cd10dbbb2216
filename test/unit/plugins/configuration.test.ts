import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatYaml } from '../../../src/lib/yaml.ts'
import { PluginDirectory } from '../../../src/plugins/configuration.ts'

const directoryOf = (key: string, ...entries: readonly object[]): PluginDirectory =>
  new PluginDirectory({ [key]: formatYaml(entries) }, 'argo-rollouts/argo-rollouts-config')

const stepWith = (fields: object) =>
  directoryOf('stepPlugins', { name: 'acme/step', ...fields }).find('step', 'acme/step')

describe('the configuration of plugins', () => {
  it('takes addresses of HTTP and of unix sockets as endpoints', () => {
    const rows: readonly (readonly [string, string, string | undefined])[] = [
      ['http://plugin.tools:8080', 'http://plugin.tools:8080', undefined],
      ['https://plugin.tools/base/', 'https://plugin.tools/base', undefined],
      ['unix:///run/plugins/step.sock', 'http://localhost', '/run/plugins/step.sock'],
    ]
    for (const [location, baseUrl, socketPath] of rows) {
      const found = stepWith({ location })
      assert.ok(found.type === 'usable', location)
      assert.deepEqual(found.plugin.endpoint, { baseUrl, ...(socketPath !== undefined && { socketPath }) })
    }
  })

  it('tells the programs of the published protocol from endpoints, names them, and says what to do', () => {
    const rows: readonly (readonly [string, object])[] = [
      ['a file', { location: 'file://./step-plugin' }],
      ['a download with its checksum', { location: 'https://acme.example/step', sha256: 'aa' }],
      ['a download with arguments', { location: 'https://acme.example/step', args: ['--debug'] }],
      ['a released program', { location: 'https://github.com/acme/step/releases/download/v1/step-linux-amd64' }],
    ]
    for (const [what, fields] of rows) {
      const found = stepWith(fields)
      assert.ok(found.type === 'unusable' && found.reason === 'PluginIsProgram', what)
      assert.match(found.problem, /^plugin acme\/step: .*(step-plugin|acme).* is a program .*docs\/plugins\.md/, what)
    }
  })

  it('keeps where headers and token are found, but no secret itself', () => {
    const found = stepWith({
      location: 'https://plugin.tools',
      headersFrom: [{ secretRef: { name: 'headers' } }],
      tokenFrom: { secretKeyRef: { name: 'token', key: 'value' } },
      timeoutSeconds: 30,
    })
    assert.ok(found.type === 'usable')
    assert.deepEqual(found.plugin.headerSecrets, ['headers'])
    assert.deepEqual(found.plugin.token, { name: 'token', key: 'value' })
    assert.equal(found.plugin.timeoutMs, 30_000)
  })

  it('has step plugins disabled, and no others', () => {
    assert.deepEqual(stepWith({ disabled: true }), { type: 'disabled' })
    const router = directoryOf('trafficRouterPlugins', { name: 'acme/r', location: 'http://x', disabled: true })
    const found = router.find('router', 'acme/r')
    assert.ok(found.type === 'unusable')
    assert.match(found.problem, /only a step plugin can be disabled/)
  })

  it('says of an unknown name where to add it', () => {
    const found = directoryOf('stepPlugins').find('metric', 'acme/metric')
    assert.ok(found.type === 'unusable' && found.reason === 'PluginNotConfigured')
    assert.match(found.problem, /^plugin acme\/metric not configured in configmap: add it to metricProviderPlugins/)
  })

  it('reports what cannot be read on the plugin that it is about, and keeps the others', () => {
    const directory = directoryOf(
      'stepPlugins',
      { name: 'acme/good', location: 'http://good' },
      { name: 'acme/odd', location: 'http://odd', colour: 'red' },
      { name: 'nonsense', location: 'http://x' },
      { name: 'acme/secret', location: 'http://user:s3cret@x' },
      { name: 'acme/query', location: 'http://x/?a=b' },
      { name: 'acme/relative', location: 'unix://run.sock' },
      { name: 'acme/none' },
      { name: 'acme/twice', location: 'http://one' },
      { name: 'acme/twice', location: 'http://two' },
    )
    const problemOf = (name: string): string => {
      const found = directory.find('step', name)
      return found.type === 'unusable' ? found.problem : found.type
    }
    assert.equal(problemOf('acme/good'), 'usable')
    assert.match(problemOf('acme/odd'), /colour/)
    assert.match(problemOf('nonsense'), /must be in the format of <namespace>\/<plugin>/)
    assert.match(problemOf('acme/secret'), /put them into a Secret/)
    assert.doesNotMatch(problemOf('acme/secret'), /s3cret/)
    assert.match(problemOf('acme/query'), /has a query/)
    assert.match(problemOf('acme/relative'), /no absolute path/)
    assert.match(problemOf('acme/none'), /no http:\/\/, https:\/\/ or unix:\/\/ address/)
    assert.match(problemOf('acme/twice'), /configured twice/)
    assert.equal(directory.problems.length, 7)
  })

  it('that is no YAML list is a problem of every plugin of the kind, and of no other kind', () => {
    for (const text of ['a: b', '- [', 'x']) {
      const directory = new PluginDirectory(
        { stepPlugins: text, metricProviderPlugins: '- name: a/b\n  location: http://x' },
        'ns/config',
      )
      const found = directory.find('step', 'acme/step')
      assert.ok(found.type === 'unusable' && found.reason === 'PluginMisconfigured', text)
      assert.match(found.problem, /in the ConfigMap ns\/config, stepPlugins cannot be read/)
      assert.equal(directory.find('metric', 'a/b').type, 'usable')
    }
  })
})
