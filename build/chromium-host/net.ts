import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loud } from './not-implemented.ts'

/** For files; what the app serves under its own scheme it labels itself. */
const MIME_TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm'
}

/** Requests of the main process (Electron, net); `file:` too. */
export const net = loud('net', {
  async fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const url = input instanceof Request ? input.url : String(input)
    if (!url.startsWith('file:')) return fetch(input, init)
    const file = fileURLToPath(url)
    const bytes = await readFile(file).catch(() => {
      throw new Error('net::ERR_FILE_NOT_FOUND')
    })
    const type = MIME_TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream'
    return new Response(bytes, { headers: { 'content-type': type } })
  },
  isOnline: (): boolean => true
})
