import assert from 'node:assert/strict'
import { metricCatalogue } from '../../scripts/generate/metric-catalogue.ts'

const catalogue = new Map(metricCatalogue().map((metric) => [metric.name, metric]))

/** Those that the Prometheus client for Node defines for every program. */
const ofTheProcess = /^(nodejs|process)_[a-z0-9_]+$/

/** The metrics that a PromQL expression names. Every metric of the controller has an underscore, and no function of PromQL that is used does. */
export const metricsIn = (query: string): readonly string[] => {
  const withoutStrings = query
    .replace(/"[^"]*"/g, '""')
    .replace(/\b(by|on|ignoring|without|group_left)\s*\([^)]*\)/g, '')
  const outside = withoutStrings.replace(/\{[^}]*\}/g, '{}')
  return [...outside.matchAll(/\b[a-z]+(?:_[a-z0-9]+)+\b/g)]
    .map(([name]) => name)
    .filter((name) => !functions.has(name))
}

const functions = new Set(['histogram_quantile', 'label_replace', 'max_over_time', 'last_over_time'])

/** Fails unless the controller has every metric that the query names, with every label by which that is selected. */
export const expectKnownMetrics = (query: string): void => {
  const names = metricsIn(query)
  assert.ok(names.length > 0, `no metric in ${query}`)
  for (const name of names) {
    const known = catalogue.get(name) ?? catalogue.get(name.replace(/_(bucket|sum|count)$/, ''))
    assert.ok(known !== undefined || ofTheProcess.test(name), `${name} is no metric of the controller: ${query}`)
    for (const [, selectors = ''] of query.matchAll(new RegExp(`\\b${name}\\{([^}]*)\\}`, 'g'))) {
      for (const [, label = ''] of selectors.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)) {
        const labels = [...(known?.labels ?? []), 'namespace', 'job', 'instance', 'le']
        assert.ok(labels.includes(label), `${name} has no label ${label}: ${query}`)
      }
    }
  }
}
