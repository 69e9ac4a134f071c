import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import { chromium } from '@playwright/test'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { build } from 'vite'
import { CHROMIUM_MISSING, findChromium } from '../../build/chromium-host/chromium-places.mjs'
import { printFigure, printProgress, quantile } from './figure.ts'

/**
 * Charts at the size at which they must still feel light: a zoom a frame over a million points, and a year by hours as a heat
 * map. The app's own components on a page without the app, in the browser that the host uses; the peer in the same run is
 * uPlot alone with the same points, and an empty frame loop says what the machine itself takes.
 */
const BENCH = 'charts'
const SIZE = { width: 1280, height: 800 }
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2'
}

const folder = mkdtempSync(join(tmpdir(), 'flowscope-charts-'))
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

printProgress('Building the page of charts.')
await build({
  configFile: false,
  logLevel: 'error',
  root: join(import.meta.dirname, 'charts-page'),
  plugins: [svelte({ configFile: false })],
  build: { outDir: folder, emptyOutDir: true, minify: true }
})

const server = createServer((request, response) => {
  const name = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
  const file = join(folder, name === '/' ? 'index.html' : name)
  if (!file.startsWith(folder) || !existsSync(file)) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
  createReadStream(file).pipe(response)
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo

const executablePath = findChromium(process.env)
if (executablePath === undefined) throw new Error(CHROMIUM_MISSING)
// Root has no sandbox; the page is our own.
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
try {
  const page = await browser.newPage({ viewport: SIZE })
  await page.goto(`http://127.0.0.1:${String(port)}/`)
  printProgress('Zooming over a million points, 300 frames each.')
  const { own, bare, empty, heatMapMs } = await page.evaluate(() => window.measure())
  const frames = (label: string, deltas: readonly number[]): void => {
    printFigure(BENCH, `${label}: frame, median`, quantile(deltas, 0.5), 'ms')
    printFigure(BENCH, `${label}: frame, 95th percentile`, quantile(deltas, 0.95), 'ms')
    printFigure(BENCH, `${label}: frame, worst`, Math.max(...deltas), 'ms')
  }
  printFigure(BENCH, 'a million points: to the first picture', own.firstMs, 'ms')
  frames('zoom over a million points', own.deltasMs)
  printFigure(BENCH, 'peer, uPlot alone: to the first picture', bare.firstMs, 'ms')
  frames('peer, uPlot alone', bare.deltasMs)
  frames('limit, frames with nothing to draw', empty)
  printFigure(BENCH, 'heat map of a year by hours, drawn: median', quantile(heatMapMs, 0.5), 'ms')
  printFigure(BENCH, 'heat map of a year by hours, drawn: slowest', Math.max(...heatMapMs), 'ms')
} finally {
  await browser.close()
  server.close()
}
process.exit(0)
