import { mount, unmount } from 'svelte'
import uPlot from 'uplot'
import '../../../src/renderer/styles/tokens.css'
import HeatMap from '../../../src/renderer/charts/HeatMap.svelte'
import type { ChartPoints, TimeRange } from '../../../src/renderer/charts/points.ts'
import ZoomedChart from './ZoomedChart.svelte'

/** The app's own charts on a page without the app, and uPlot alone beside them: driven by `test/bench/charts.ts`. */
const POINTS = 1_000_000
const FRAMES = 300
const YEAR_2024_MS = Date.UTC(2024, 0, 1)
const chart = document.getElementById('chart') ?? document.body
const beside = document.getElementById('beside') ?? document.body

export interface Frames {
  readonly firstMs: number
  readonly deltasMs: readonly number[]
}

/** A walk with noise: neighbours are alike and peaks are sharp, as counts are. */
function makePoints(): ChartPoints {
  const atMs = new Float64Array(POINTS)
  const values = new Float64Array(POINTS)
  let state = 42
  for (let place = 0; place < POINTS; place++) {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0
    atMs[place] = YEAR_2024_MS + place * 1000
    values[place] = 500 + 300 * Math.sin(place / 20_000) + (state / 2 ** 32) * 200
  }
  return { atMs, columns: [values] }
}

/** Zooms in and out around a point that wanders, a step a frame. */
function rangeAt(frame: number): TimeRange {
  const phase = (frame % 100) / 100
  const depth = phase < 0.5 ? phase * 2 : 2 - phase * 2
  const length = POINTS * 1000 * 0.001 ** depth
  const middle = YEAR_2024_MS + POINTS * 1000 * (0.3 + 0.4 * (frame / FRAMES))
  const fromMs = Math.max(YEAR_2024_MS, middle - length / 2)
  return { fromMs, toMs: Math.min(YEAR_2024_MS + (POINTS - 1) * 1000, fromMs + length) }
}

const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve))

async function zoom(show: (range: TimeRange) => void): Promise<readonly number[]> {
  const deltas: number[] = []
  let before = await nextFrame()
  for (let frame = 0; frame < FRAMES; frame++) {
    show(rangeAt(frame))
    const now = await nextFrame()
    deltas.push(now - before)
    before = now
  }
  return deltas
}

/** Our chart: from its mounting to the frame after its first drawing, then a zoom a frame. */
async function measureChart(points: ChartPoints): Promise<Frames> {
  const startMs = performance.now()
  let show: (range: TimeRange) => void = () => {}
  const mounted = mount(ZoomedChart, {
    target: chart,
    props: {
      points,
      onready: (setRange: (range: TimeRange) => void) => {
        show = setRange
      }
    }
  })
  await nextFrame()
  await nextFrame()
  const firstMs = performance.now() - startMs
  const deltasMs = await zoom(show)
  await unmount(mounted)
  return { firstMs, deltasMs }
}

/** uPlot with the same points and the same size, as its manual shows it. */
async function measureBare(points: ChartPoints): Promise<Frames> {
  const startMs = performance.now()
  const plot = new uPlot(
    {
      width: chart.clientWidth,
      height: chart.clientHeight,
      ms: 1,
      legend: { show: false },
      series: [{}, { stroke: '#58a6ff', width: 1.5, points: { show: false } }]
    },
    [points.atMs as Float64Array, points.columns[0] as Float64Array] as unknown as uPlot.AlignedData,
    chart
  )
  await nextFrame()
  await nextFrame()
  const firstMs = performance.now() - startMs
  const deltasMs = await zoom(({ fromMs, toMs }) => {
    plot.setScale('x', { min: fromMs, max: toMs })
  })
  plot.destroy()
  return { firstMs, deltasMs }
}

/** A year by hours, from the mounting to the end of its drawing, several times: what a person waits for. */
async function measureHeatMap(): Promise<readonly number[]> {
  const days = 366
  const values = Array.from({ length: days * 24 }, (_, place) => (place * 7919) % 1000)
  const took: number[] = []
  for (let round = 0; round < 9; round++) {
    const startMs = performance.now()
    const mounted = mount(HeatMap, {
      target: beside,
      props: {
        label: 'A year by hours',
        cells: { rowCount: days, columnCount: 24, values },
        rowLabels: Array.from({ length: days }, (_, day) => String(day)),
        columnLabels: Array.from({ length: 24 }, (_, hour) => String(hour)),
        theme: 'dark',
        describe: () => ''
      }
    })
    await nextFrame()
    await nextFrame()
    // What was drawn is read back: a canvas may put its work off.
    const canvas = beside.querySelector('canvas')
    canvas?.getContext('2d')?.getImageData(0, 0, 1, 1)
    took.push(performance.now() - startMs)
    await unmount(mounted)
  }
  return took
}

declare global {
  interface Window {
    measure: () => Promise<{
      readonly own: Frames
      readonly bare: Frames
      readonly empty: readonly number[]
      readonly heatMapMs: readonly number[]
    }>
  }
}

window.measure = async () => {
  const points = makePoints()
  const empty = await zoom(() => {})
  const bare = await measureBare(points)
  const own = await measureChart(points)
  return { own, bare, empty, heatMapMs: await measureHeatMap() }
}
