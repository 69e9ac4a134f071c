import { colourSteps, stepOf } from './colour-steps.ts'

/** What a heat map shows: a value for each row and column, null where there is none. */
export interface HeatMapCells {
  readonly rowCount: number
  readonly columnCount: number
  /** Row by row. */
  readonly values: readonly (number | null)[]
}

export interface HeatMapColours {
  readonly least: string
  readonly most: string
}

/** As many shades as an eye tells apart side by side. */
const STEPS = 24
/** Cells that are smaller stand without a gap between them. */
const GAP_LEAST_PX = 6

/** Draws the cells over a whole canvas, whose size in CSS pixels is given; the canvas' own is set to the screen's. */
export function drawHeatMap(
  canvas: HTMLCanvasElement,
  { rowCount, columnCount, values }: HeatMapCells,
  { least, most }: HeatMapColours,
  width: number,
  height: number
): void {
  const scale = window.devicePixelRatio
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const context = canvas.getContext('2d')
  if (context === null || rowCount === 0 || columnCount === 0) return
  const steps = colourSteps(least, most, STEPS)
  const highest = highestOf(values)
  const cellWidth = canvas.width / columnCount
  const cellHeight = canvas.height / rowCount
  const gap = Math.min(cellWidth, cellHeight) >= GAP_LEAST_PX * scale ? Math.max(1, Math.round(scale)) : 0
  // A canvas changes its colour slowly: all cells of one shade are filled together.
  const shades: Path2D[] = steps.map(() => new Path2D())
  for (let row = 0; row < rowCount; row++) {
    const top = Math.round(row * cellHeight)
    const tall = Math.round((row + 1) * cellHeight) - top - gap
    for (let column = 0; column < columnCount; column++) {
      const value = values[row * columnCount + column] ?? null
      if (value === null) continue
      const left = Math.round(column * cellWidth)
      const wide = Math.round((column + 1) * cellWidth) - left - gap
      shades[stepOf(value, highest, STEPS)]?.rect(left, top, Math.max(1, wide), Math.max(1, tall))
    }
  }
  shades.forEach((shade, index) => {
    context.fillStyle = steps[index] ?? most
    context.fill(shade)
  })
}

/** The highest value; 0 when there is none. */
export function highestOf(values: readonly (number | null)[]): number {
  let highest = 0
  for (const value of values) highest = Math.max(highest, value ?? 0)
  return highest
}
