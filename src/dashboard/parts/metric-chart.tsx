import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import type { MetricView } from '../model/analysis.ts'
import { type ChartData, valueRange } from '../model/measurements.ts'
import { drawPoints, drawThresholds } from './chart-marks.tsx'

const height = 220

const color = (element: Element, name: string): string => getComputedStyle(element).getPropertyValue(`--${name}`).trim()

/** Room at both ends, in seconds, so that no mark is cut off. */
const timeRange = (first: number, last: number): [number, number] => {
  const room = (last - first || 60) * 0.03
  return [first - room, last + room]
}

interface ChartProps {
  readonly metric: MetricView
  readonly data: ChartData
}

const optionsFor = (element: HTMLElement, { metric, data }: ChartProps): uPlot.Options => {
  const [min, max] = valueRange(
    data,
    metric.thresholds.map(({ value }) => value),
  )
  const axis = { stroke: color(element, 'quiet'), grid: { stroke: color(element, 'line'), width: 1 } }
  const paint = (name: string): string => color(element, name)
  return {
    width: element.clientWidth,
    height,
    scales: { x: { range: (_, first, last) => timeRange(first, last) }, y: { range: [min, max] } },
    axes: [axis, { ...axis, size: 60 }],
    series: [
      {},
      ...data.lines.map(({ name }) => ({
        label: name === '' || data.lines.length === 1 ? 'value' : name,
        stroke: paint('accent'),
        width: 1.5,
        points: { show: false },
      })),
    ],
    hooks: {
      draw: [(plot) => drawThresholds(plot, metric.thresholds, paint), (plot) => drawPoints(plot, data, paint)],
    },
  }
}

const describe = ({ metric, data }: ChartProps): string => {
  const thresholds = metric.thresholds.map(({ condition, operator, value }) => `${condition} if ${operator} ${value}`)
  return [`Chart of ${data.times.length} measurements of ${metric.name}`, ...thresholds].join(', ')
}

/** The measurements of a metric over time, with the values that its conditions compare them with. The table says the same. */
export const MetricChart = (props: ChartProps) => {
  const { data } = props
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const values: uPlot.AlignedData = [[...data.times], ...data.lines.map((line) => [...line.values])]
    const plot = new uPlot(optionsFor(element, props), values, element)
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }))
    resized.observe(element)
    return () => {
      resized.disconnect()
      plot.destroy()
    }
  }, [JSON.stringify(props)])
  return <div ref={frame} class="chart" role="img" aria-label={describe(props)} />
}
