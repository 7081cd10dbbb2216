import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { test } from 'node:test'

const src = join(import.meta.dirname, '../../src')

/** Which rooms a room may import. A room that is not listed may import nothing but itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  expr: ['lib'],
  kube: ['lib', 'telemetry'],
  telemetry: ['lib'],
  api: ['lib', 'expr'],
  'go-template': ['lib', 'expr'],
  plugins: ['lib', 'api', 'kube'],
  routers: ['lib', 'api', 'kube', 'plugins'],
  providers: ['lib', 'expr', 'api', 'kube', 'plugins', 'telemetry'],
  analysis: ['lib', 'expr', 'api', 'kube', 'plugins', 'providers', 'telemetry'],
  experiment: ['lib', 'expr', 'api', 'kube', 'providers', 'routers', 'analysis', 'telemetry'],
  rollout: ['lib', 'expr', 'api', 'kube', 'plugins', 'providers', 'routers', 'analysis', 'experiment', 'telemetry'],
  notifications: ['lib', 'expr', 'go-template', 'api', 'kube', 'providers', 'analysis', 'rollout', 'telemetry'],
  operator: [
    ...['lib', 'expr', 'api', 'kube', 'plugins', 'providers', 'routers', 'analysis'],
    ...['experiment', 'rollout', 'notifications', 'telemetry'],
  ],
  client: ['lib', 'api', 'kube'],
  server: ['lib', 'api', 'kube', 'client', 'view', 'telemetry'],
  dashboard: ['lib', 'api', 'server'],
  sandbox: ['lib', 'expr', 'api', 'kube', 'telemetry'],
  view: ['lib', 'api'],
  cli: [
    ...['lib', 'expr', 'api', 'kube', 'providers', 'routers', 'notifications', 'operator', 'server', 'sandbox'],
    ...['view', 'client', 'telemetry'],
  ],
  demo: ['lib', 'expr', 'api', 'kube', 'operator', 'server', 'sandbox', 'view', 'telemetry'],
  bin: ['lib', 'notifications', 'api', 'kube', 'operator', 'server', 'sandbox', 'cli', 'demo', 'telemetry'],
}

/** Packages that one file alone may import, by the path of that file or folder below src. */
const onlyIn: Readonly<Record<string, string>> = {
  '@kubernetes/client-node': 'kube/config.ts',
  'prometheus-query': 'providers/prometheus',
  'js-yaml': 'lib/yaml.ts',
  pino: 'telemetry/logger.ts',
  '@opentelemetry/api': 'telemetry/opentelemetry.ts',
  '@prometheus-io/client': 'telemetry/metrics.ts',
  commander: 'cli',
  nodemailer: 'notifications/services/smtp.ts',
  '@prometheus-io/lezer-promql': 'api/validation/promql.ts',
  picocolors: 'view',
  preact: 'dashboard',
  'preact/hooks': 'dashboard',
  uplot: 'dashboard',
}

const importPattern = /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g

const sources = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path))

const importsOf = (file: string): string[] =>
  [...readFileSync(join(src, file), 'utf8').matchAll(importPattern)].map((match) => match[1] ?? match[2] ?? '')

const roomOf = (path: string): string => path.split('/')[0] ?? ''

const targetOf = (file: string, specifier: string): string =>
  relative(src, normalize(join(src, dirname(file), specifier)))

test('imports between the rooms of src point one way', () => {
  const wrong = sources.flatMap((file) =>
    importsOf(file)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => targetOf(file, specifier))
      .filter(
        (target) =>
          !target.startsWith('..') &&
          roomOf(target) !== roomOf(file) &&
          !mayImport[roomOf(file)]?.includes(roomOf(target)),
      )
      .map((target) => `${file} imports ${target}`),
  )
  assert.deepEqual(wrong, [])
})

test('a third-party package is imported from one place', () => {
  const wrong = sources.flatMap((file) =>
    importsOf(file)
      .filter((specifier) => {
        const home = onlyIn[specifier]
        return home !== undefined && file !== home && !file.startsWith(`${home}/`) && !file.startsWith(`${home}.`)
      })
      .map((specifier) => `${file} imports ${specifier}`),
  )
  assert.deepEqual(wrong, [])
})

test('the page takes types alone from other rooms, so that it stays small', () => {
  const wrong = sources
    .filter((file) => roomOf(file) === 'dashboard')
    .flatMap((file) =>
      [...readFileSync(join(src, file), 'utf8').matchAll(/^import (?!type )[^'"]*?['"](\.[^'"]+)['"]/gm)]
        .map(([, specifier = '']) => targetOf(file, specifier))
        .filter((target) => roomOf(target) !== 'dashboard')
        .map((target) => `${file} imports ${target}`),
    )
  assert.deepEqual(wrong, [])
})

test('every room is known to the rule', () => {
  const rooms = new Set(sources.filter((path) => path.includes('/')).map(roomOf))
  assert.deepEqual(
    [...rooms].filter((room) => mayImport[room] === undefined),
    [],
  )
})
