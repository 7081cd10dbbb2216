import type { Dashboard, Panel } from '../../../scripts/generate/dashboards/dashboard.ts'
import type { Range, Series } from './range-query.ts'

/** A panel with what Prometheus answered, a list of series a query. */
export interface AnsweredPanel {
  readonly panel: Panel
  readonly answers: readonly (readonly Series[])[]
}

interface Curve extends Series {
  readonly name: string
}

const colors = ['#3274d9', '#56a64b', '#e0b400', '#e02f44', '#8f3bb8', '#37872d', '#ff780a', '#5794f2']
const [width, height] = [560, 190]

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const nameOf = (legend: string, { labels }: Series): string =>
  legend === ''
    ? Object.entries(labels)
        .filter(([label]) => label !== '__name__')
        .map(([label, value]) => `${label}=${value}`)
        .join(' ')
    : legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? '')

const curvesOf = ({ panel, answers }: AnsweredPanel): readonly Curve[] =>
  answers
    .flatMap((series, index) =>
      series.map((one) => ({ ...one, name: nameOf(panel.queries[index]?.legend ?? '', one) })),
    )
    .filter(({ points }) => points.length > 0)

/** A value in its unit, as short as it can be read. */
const valueText = (value: number, unit = 'short'): string => {
  if (unit === 'bytes') return `${(value / 2 ** 20).toFixed(0)} MiB`
  if (unit === 's')
    return value >= 1 || value === 0 ? `${Number(value.toFixed(1))} s` : `${Number((value * 1000).toPrecision(3))} ms`
  return String(Number(value.toPrecision(3)))
}

const legendOf = (curves: readonly Curve[]): string =>
  curves
    .map(
      ({ name }, index) => `<span><i style="background:${colors[index % colors.length]}"></i>${escaped(name)}</span>`,
    )
    .join('')

const timeSeries = (curves: readonly Curve[], { from, to }: Range, unit: string | undefined): string => {
  const most = Math.max(...curves.flatMap(({ points }) => points.map(([, value]) => value)), 0) || 1
  const x = (seconds: number): number => ((seconds - from) / (to - from)) * width
  const y = (value: number): number => height - 4 - (value / most) * (height - 24)
  const lines = curves.map(({ points }, index) => {
    const path = points.map(([at, value], nth) => `${nth === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`)
    const color = colors[index % colors.length]
    // A line of one point would not be seen.
    const [only, ...others] = points
    const dot =
      only && others.length === 0 ? `<circle cx="${x(only[0])}" cy="${y(only[1])}" r="3" fill="${color}"/>` : ''
    return `<path d="${path.join('')}" fill="none" stroke="${color}" stroke-width="1.6"/>${dot}`
  })
  const grid = [0, 0.5, 1].map(
    (share) =>
      `<line x1="0" x2="${width}" y1="${y(most * share)}" y2="${y(most * share)}" stroke="#8884"/>
       <text x="2" y="${y(most * share) - 3}">${valueText(most * share, unit)}</text>`,
  )
  return `<svg viewBox="0 0 ${width} ${height}">${grid.join('')}${lines.join('')}</svg>`
}

/** A bar a series, coloured where its value is not 0. */
const stateTimeline = (curves: readonly Curve[], { from, to }: Range): string => {
  // A row is never lower than its name.
  const row = Math.max(14, Math.min(26, height / Math.max(1, curves.length)))
  const bars = curves.map(({ name, points }, index) => {
    const marks = points.map(([at, value], nth) => {
      const until = points[nth + 1]?.[0] ?? at
      const [left, right] = [at, until].map((seconds) => ((seconds - from) / (to - from)) * width)
      const color = value === 0 ? '#8883' : colors[index % colors.length]
      return `<rect x="${left}" y="${index * row + 2}" width="${Math.max(0.5, (right ?? 0) - (left ?? 0))}" height="${row - 5}" fill="${color}"/>`
    })
    return `${marks.join('')}<text x="4" y="${index * row + row / 2 + 3}">${escaped(name)}</text>`
  })
  return `<svg viewBox="0 0 ${width} ${Math.max(height, row * curves.length)}">${bars.join('')}</svg>`
}

const lastOf = ({ points }: Series): number => points.at(-1)?.[1] ?? 0

/** Those that are there now: a series that ended before the others is one of the past. */
const ofNow = (curves: readonly Curve[]): readonly Curve[] => {
  const ends = curves.map(({ points }) => points.at(-1)?.[0] ?? 0)
  return curves.filter((_, index) => ends[index] === Math.max(...ends))
}

const stat = (curves: readonly Curve[], unit: string | undefined): string =>
  curves
    .map(
      (curve) =>
        `<div class="stat"><b>${valueText(lastOf(curve), unit)}</b><small>${escaped(curve.name)}</small></div>`,
    )
    .join('')

const table = (curves: readonly Curve[], unit: string | undefined): string =>
  `<table>${curves.map((curve) => `<tr><td>${escaped(curve.name)}</td><td>${valueText(lastOf(curve), unit)}</td></tr>`).join('')}</table>`

const drawing = (answered: AnsweredPanel, curves: readonly Curve[], range: Range): string => {
  const { kind, unit } = answered.panel
  if (kind === 'stat') return stat(ofNow(curves), unit)
  if (kind === 'table') return table(ofNow(curves), unit)
  if (kind === 'state-timeline') return stateTimeline(curves, range)
  return `${timeSeries(curves, range, unit)}<div class="legend">${legendOf(curves)}</div>`
}

const panelHtml = (answered: AnsweredPanel, range: Range): string => {
  const { panel } = answered
  const curves = curvesOf(answered)
  const shown = curves.length === 0 ? '<p class="none">No data</p>' : drawing(answered, curves, range)
  const span = panel.width ?? 12
  return `<section style="grid-column: span ${span}" data-panel="${escaped(panel.title)}"><h3>${escaped(panel.title)}</h3>${shown}</section>`
}

const style = `
  body { background: #181b1f; color: #ccccdc; font: 13px system-ui, sans-serif; margin: 16px }
  main { display: grid; grid-template-columns: repeat(24, 1fr); gap: 8px }
  h2 { grid-column: span 24; font-size: 14px; margin: 8px 0 0 }
  section { background: #22252b; border: 1px solid #ccccdc20; border-radius: 3px; padding: 8px; min-width: 0 }
  h3 { font-size: 13px; font-weight: 500; margin: 0 0 6px }
  svg { width: 100%; display: block } svg text { fill: #ccccdcb0; font: 10px system-ui }
  .legend { display: flex; flex-wrap: wrap; gap: 2px 12px; font-size: 11px }
  .legend i { display: inline-block; width: 12px; height: 3px; margin-right: 5px; vertical-align: middle }
  .stat { display: inline-block; margin-right: 32px } .stat b { font-size: 30px; color: #73bf69; margin-right: 8px }
  table { width: 100%; border-collapse: collapse } td { border-bottom: 1px solid #ccccdc20; padding: 3px }
  .none { color: #ccccdc80; text-align: center }`

/** A dashboard as a page without scripts: its rows and panels, filled with what Prometheus answered. */
export const dashboardPage = (dashboard: Dashboard, answered: readonly AnsweredPanel[], range: Range): string => {
  const rows = dashboard.rows.map(({ title, panels }) => {
    const drawn = answered.filter(({ panel }) => panels.includes(panel)).map((one) => panelHtml(one, range))
    return `<h2>${escaped(title)}</h2>${drawn.join('')}`
  })
  return `<!doctype html><meta charset="utf-8"><title>${escaped(dashboard.title)}</title><style>${style}</style>
    <h1>${escaped(dashboard.title)}</h1><main>${rows.join('')}</main>`
}
