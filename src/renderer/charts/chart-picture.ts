import { readChartTheme, seriesColour } from './chart-theme.ts'
import type { ChartSeries } from './points.ts'

const HEAD_PX = 52
const MARGIN_PX = 14

/**
 * A chart as a PNG that stands by itself: its title and the names of its series above it, on the colour of the panel. Answers
 * base64; undefined when the browser cannot draw it.
 */
export async function chartPicture(
  chart: HTMLCanvasElement,
  title: string,
  series: readonly ChartSeries[]
): Promise<string | undefined> {
  const scale = window.devicePixelRatio
  const theme = readChartTheme(document.documentElement)
  const picture = document.createElement('canvas')
  picture.width = chart.width + 2 * MARGIN_PX * scale
  picture.height = chart.height + (HEAD_PX + MARGIN_PX) * scale
  const context = picture.getContext('2d')
  if (context === null) return undefined
  context.fillStyle = theme.background
  context.fillRect(0, 0, picture.width, picture.height)
  context.scale(scale, scale)
  const words = getComputedStyle(document.body).fontFamily
  context.fillStyle = theme.text
  context.font = `600 13px ${words}`
  context.fillText(title, MARGIN_PX, 22)
  context.font = `12px ${words}`
  let left = MARGIN_PX
  for (const { name, colour } of series) {
    context.fillStyle = seriesColour(theme, colour)
    context.fillRect(left, 33, 9, 9)
    context.fillStyle = theme.muted
    context.fillText(name, left + 14, 42)
    left += 30 + context.measureText(name).width
  }
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.drawImage(chart, MARGIN_PX * scale, HEAD_PX * scale)
  const blob = await new Promise<Blob | null>((resolve) => {
    picture.toBlob(resolve, 'image/png')
  })
  if (blob === null) return undefined
  const bytes = new Uint8Array(await blob.arrayBuffer())
  let binary = ''
  // Arguments of one call are limited: the bytes go through in pieces.
  for (let at = 0; at < bytes.length; at += 8192) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
  }
  return btoa(binary)
}
