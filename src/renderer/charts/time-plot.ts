import uPlot from 'uplot'
import type { TimeZone } from '../ui/moment.ts'
import { axisMoment } from './axis-moment.ts'
import { seriesColour } from './chart-theme.ts'
import type { ChartTheme } from './chart-theme.ts'
import type { ChartSeries, TimeRange } from './points.ts'
import type { ThinColumns } from './thinned-points.ts'

/** One line chart on a canvas: uPlot, told what it needs and no more. */
export interface TimePlot {
  /** Draws columns and the range that they are of. */
  draw(columns: ThinColumns, range: TimeRange): void
  resize(width: number, height: number): void
  /** The time at a distance from the left of the plot, in CSS pixels. */
  timeAt(left: number): number
  /** Where a time stands, in CSS pixels from the left of the chart's element. */
  leftOf(timeMs: number): number
  readonly canvas: HTMLCanvasElement
  destroy(): void
}

export interface TimePlotOptions {
  readonly series: readonly ChartSeries[]
  readonly theme: ChartTheme
  readonly timeZone: TimeZone
  readonly width: number
  readonly height: number
  readonly formatValue: (value: number) => string
  /** Of lines that are not dashed, in CSS pixels. */
  readonly lineWidth: number
  /** The pointer moved to a time; undefined when it left. */
  readonly onPoint: (timeMs: number | undefined) => void
  /** A range was brushed. */
  readonly onBrush: (range: TimeRange) => void
}

/** Room that a click may tremble in without becoming a brush, in CSS pixels. */
const BRUSH_LEAST_PX = 6
const VALUE_AXIS_WIDTH_PX = 58
/** The least room of a mark of the time axis: `09:00:07.250` and a gap. */
const AXIS_MARK_PX = 96
/** A digit on the axis of values, and the room beside them: dates and large numbers need more than the usual width. */
const CHARACTER_PX = 7
const AXIS_ROOM_PX = 14

export function openTimePlot(element: HTMLElement, options: TimePlotOptions): TimePlot {
  const { theme, series, timeZone, width, height, formatValue, lineWidth, onPoint, onBrush } = options
  const axis: uPlot.Axis = {
    stroke: theme.muted,
    font: theme.font,
    grid: { stroke: theme.rule, width: 1 },
    ticks: { show: false }
  }
  const plot = new uPlot(
    {
      width,
      height,
      ms: 1,
      tzDate: (ms) => (timeZone === 'UTC' ? uPlot.tzDate(new Date(ms), 'Etc/UTC') : new Date(ms)),
      legend: { show: false },
      padding: [10, 14, 0, 0],
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false, dist: BRUSH_LEAST_PX },
        points: { size: 7 }
      },
      // A line that starts at zero tells amounts; one of a few degrees would be flat: zero is in when it is near.
      scales: { y: { range: (_plot, lowest, highest) => valueRange(lowest, highest) } },
      axes: [
        {
          ...axis,
          grid: { show: false },
          space: AXIS_MARK_PX,
          values: (_plot, splits, _axis, _space, stepMs) =>
            splits.map((atMs) => axisMoment(atMs, stepMs, timeZone))
        },
        {
          ...axis,
          size: (_plot, values) =>
            Math.max(
              VALUE_AXIS_WIDTH_PX,
              ...(values ?? []).map(({ length }) => length * CHARACTER_PX + AXIS_ROOM_PX)
            ),
          values: (_plot, splits) => splits.map((value) => formatValue(value))
        }
      ],
      series: [
        {},
        ...series.map(({ name, colour, isDashed = false }): uPlot.Series => {
          const stroke = seriesColour(theme, colour)
          return {
            label: name,
            stroke,
            width: isDashed ? 1 : lineWidth,
            spanGaps: false,
            points: { show: false },
            ...(isDashed ? { dash: [3, 3], alpha: 0.7 } : {})
          }
        })
      ],
      hooks: {
        setCursor: [
          (self) => {
            const { left } = self.cursor
            onPoint(left === undefined || left < 0 ? undefined : self.posToVal(left, 'x'))
          }
        ],
        setSelect: [
          (self) => {
            const { left, width: brushed } = self.select
            if (brushed < BRUSH_LEAST_PX) return
            const range = { fromMs: self.posToVal(left, 'x'), toMs: self.posToVal(left + brushed, 'x') }
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
            onBrush(range)
          }
        ]
      }
    },
    [[], ...series.map(() => [])],
    element
  )
  return {
    draw: (columns, { fromMs, toMs }) => {
      plot.batch(() => {
        plot.setData(columns, false)
        plot.setScale('x', { min: fromMs, max: Math.max(toMs, fromMs + 1) })
      })
    },
    resize: (nextWidth, nextHeight) => {
      plot.setSize({ width: nextWidth, height: nextHeight })
    },
    timeAt: (left) => plot.posToVal(left, 'x'),
    leftOf: (timeMs) => plot.valToPos(timeMs, 'x') + plot.over.offsetLeft,
    canvas: plot.ctx.canvas,
    destroy: () => {
      plot.destroy()
    }
  }
}

function valueRange(lowest: number | null, highest: number | null): [number, number] {
  if (lowest === null || highest === null || !Number.isFinite(lowest) || !Number.isFinite(highest)) {
    return [0, 1]
  }
  const spread = highest - lowest
  const low = lowest >= 0 && lowest <= spread * 2 ? 0 : lowest
  const high = highest <= 0 && -highest <= spread * 2 ? 0 : highest
  if (low === high) return low === 0 ? [0, 1] : [low - Math.abs(low) * 0.1, high + Math.abs(high) * 0.1]
  const room = (high - low) * 0.06
  return [low === 0 ? 0 : low - room, high === 0 ? 0 : high + room]
}
