/** A query of a panel: PromQL, and how its series are named, such as `{{name}}`. */
export interface Query {
  readonly promql: string
  readonly legend: string
}

/** What a panel shows: a curve over time, numbers of now, states over time, or a table of now. */
export type PanelKind = 'timeseries' | 'stat' | 'state-timeline' | 'table'

/** One panel, without its place. */
export interface Panel {
  readonly title: string
  /** What it tells and what to do when it looks bad: shown behind the i of the panel. */
  readonly help: string
  readonly kind: PanelKind
  readonly queries: readonly Query[]
  /** Unit as Grafana names it: s, percent, percentunit, short, bytes. Default short. */
  readonly unit?: string
  /** Of 24. Default 12. */
  readonly width?: number
}

/** Panels under one heading. */
export interface Row {
  readonly title: string
  readonly panels: readonly Panel[]
}

/** A variable that people choose: the values of a label. */
export interface Variable {
  readonly name: string
  /** `label_values(...)`. */
  readonly query: string
}

/** A whole dashboard. */
export interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly variables: readonly Variable[]
  readonly rows: readonly Row[]
}

const dataSource = { type: 'prometheus', uid: '$datasource' }
const heights: Readonly<Record<PanelKind, number>> = { timeseries: 8, stat: 4, 'state-timeline': 8, table: 8 }

const targetsOf = ({ kind, queries }: Panel) =>
  queries.map(({ promql, legend }, index) => ({
    refId: String.fromCharCode('A'.charCodeAt(0) + index),
    datasource: dataSource,
    expr: promql,
    legendFormat: legend,
    ...(kind === 'table' ? { format: 'table', instant: true } : {}),
    ...(kind === 'stat' ? { instant: true } : {}),
  }))

const panelOf = (panel: Panel, gridPos: object, id: number): object => ({
  id,
  type: panel.kind,
  title: panel.title,
  description: panel.help,
  datasource: dataSource,
  gridPos,
  fieldConfig: { defaults: { unit: panel.unit ?? 'short', min: 0 }, overrides: [] },
  options: panel.kind === 'timeseries' ? { legend: { displayMode: 'list', placement: 'bottom' } } : {},
  targets: targetsOf(panel),
})

/** Panels from left to right, in lines of 24, each line as high as its highest panel. */
const placed = (rows: readonly Row[]): object[] => {
  const result: object[] = []
  let y = 0
  for (const { title, panels } of rows) {
    result.push({ id: result.length + 1, type: 'row', title, gridPos: { x: 0, y, w: 24, h: 1 }, panels: [] })
    y += 1
    let [x, height] = [0, 0]
    for (const panel of panels) {
      const [w, h] = [panel.width ?? 12, heights[panel.kind]]
      if (x + w > 24) [x, y, height] = [0, y + height, 0]
      result.push(panelOf(panel, { x, y, w, h }, result.length + 1))
      x += w
      height = Math.max(height, h)
    }
    y += height
  }
  return result
}

const variableOf = ({ name, query }: Variable): object => ({
  name,
  type: 'query',
  datasource: dataSource,
  query: { query, refId: name },
  refresh: 2,
  includeAll: true,
  multi: true,
  allValue: '.*',
  current: { text: 'All', value: '$__all' },
})

/** The JSON that Grafana (10 or newer) imports, and that its sidecar finds in a ConfigMap. */
export const grafanaJson = ({ uid, title, variables, rows }: Dashboard): string =>
  `${JSON.stringify(
    {
      uid,
      title,
      tags: ['crossfade'],
      schemaVersion: 39,
      editable: true,
      refresh: '30s',
      time: { from: 'now-3h', to: 'now' },
      templating: {
        list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }, ...variables.map(variableOf)],
      },
      panels: placed(rows),
    },
    undefined,
    2,
  )}\n`
