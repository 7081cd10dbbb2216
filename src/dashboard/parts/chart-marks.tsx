import type uPlot from 'uplot'
import type { ChartData } from '../model/measurements.ts'
import { phaseTone } from '../model/phase.ts'
import type { Threshold } from '../model/thresholds.ts'

/** Gives the colour that the page's style has under a name. */
type Paint = (name: string) => string

const within = (plot: uPlot, draw: (context: CanvasRenderingContext2D, scale: number) => void): void => {
  const { ctx: context, bbox } = plot
  context.save()
  context.beginPath()
  context.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  context.clip()
  draw(context, devicePixelRatio)
  context.restore()
}

/** Writes with an edge in the colour of the ground, so that it can be read across a line. */
const writeOn = (context: CanvasRenderingContext2D, text: string, [x, y]: [number, number], paint: Paint): void => {
  const { lineWidth, strokeStyle } = context
  context.lineWidth = 4 * lineWidth
  context.strokeStyle = paint('panel')
  context.setLineDash([])
  context.strokeText(text, x, y)
  Object.assign(context, { lineWidth, strokeStyle })
  context.fillText(text, x, y)
}

/** Draws each threshold as a dashed line, with its condition written on it. */
export const drawThresholds = (plot: uPlot, thresholds: readonly Threshold[], paint: Paint): void =>
  within(plot, (context, scale) => {
    const { left, width, top } = plot.bbox
    context.lineWidth = scale
    // What the axes were written with is still set.
    context.textAlign = 'left'
    context.textBaseline = 'alphabetic'
    context.font = `${11 * scale}px system-ui, sans-serif`
    for (const { value, operator, condition } of thresholds) {
      const y = plot.valToPos(value, 'y', true)
      context.strokeStyle = paint(condition === 'success' ? 'good' : 'bad')
      context.fillStyle = context.strokeStyle
      context.setLineDash([6 * scale, 4 * scale])
      context.beginPath()
      context.moveTo(left, y)
      context.lineTo(left + width, y)
      context.stroke()
      // Below the line where there is no room above it.
      const below = y - top < 16 * scale
      writeOn(context, `${condition} if ${operator} ${value}`, [left + 6 * scale, y + (below ? 13 : -4) * scale], paint)
    }
  })

const circle = (context: CanvasRenderingContext2D, x: number, y: number, size: number): void => {
  context.arc(x, y, size, 0, 2 * Math.PI)
  context.fill()
}

const cross = (context: CanvasRenderingContext2D, x: number, y: number, size: number): void => {
  context.moveTo(x - size, y - size)
  context.lineTo(x + size, y + size)
  context.moveTo(x + size, y - size)
  context.lineTo(x - size, y + size)
  context.stroke()
}

const square = (context: CanvasRenderingContext2D, x: number, y: number, size: number): void => {
  context.rect(x - size, y - size, 2 * size, 2 * size)
  context.stroke()
}

/** Draws a mark for each measurement: a dot for a good one, a cross for a bad one, a square for any other. */
export const drawPoints = (plot: uPlot, { times, phases, lines }: ChartData, paint: Paint): void =>
  within(plot, (context, scale) => {
    context.lineWidth = 2 * scale
    for (const { values } of lines) {
      for (const [index, value] of values.entries()) {
        if (value === null) continue
        const tone = phaseTone(phases[index] ?? '')
        const draw = tone === 'good' ? circle : tone === 'bad' ? cross : square
        context.fillStyle = paint(tone)
        context.strokeStyle = paint(tone)
        context.beginPath()
        draw(context, plot.valToPos(times[index] ?? 0, 'x', true), plot.valToPos(value, 'y', true), 4 * scale)
      }
    }
  })
