import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

/** The scheme of our own pages: `app://flowscope/index.html`. */
export const APP_SCHEME = 'app'
const APP_HOST = 'flowscope'
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`
export const APP_PAGE = `${APP_ORIGIN}/index.html`

/**
 * What the window may load: its own scripts, styles, fonts and workers, and images that it draws itself.
 *
 * - `script-src 'self'` also covers the modules that a module worker imports; nothing in the window fetches, so
 *   `connect-src` stays 'none': everything from outside comes through the preload script or a port.
 * - `style-src 'unsafe-inline'`: Monaco writes the positions of its lines as inline styles.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "worker-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ')

/** What a built window consists of; anything else in the folder is not served. */
const MIME_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ttf': 'font/ttf',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm'
}

/** Whether `url` is a page of the app: of our scheme and host, or of the development server. */
export function isOwnPage(url: string, developmentUrl: string | undefined): boolean {
  const origin = originOf(url)
  return (
    origin !== undefined &&
    (origin === APP_ORIGIN || (developmentUrl !== undefined && origin === originOf(developmentUrl)))
  )
}

/** Scheme and host, of any scheme: `URL.origin` is 'null' for ours. */
function originOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}

/**
 * Answers requests of our scheme from `folder` and from nowhere else: only GET and HEAD, only known kinds of files, never
 * a path that leaves the folder. Every answer, refusals too, carries the policy above.
 */
export function createAppSchemeHandler(folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'Method not allowed')
    const file = fileFor(folder, request.url)
    if (file === undefined) return answer(404, 'Not found')
    try {
      const body = request.method === 'HEAD' ? null : await readFile(file.path)
      return answer(200, body, file.mimeType)
    } catch {
      return answer(404, 'Not found')
    }
  }
}

function fileFor(folder: string, address: string): { path: string; mimeType: string } | undefined {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  if (url.protocol !== `${APP_SCHEME}:` || url.host !== APP_HOST) return undefined
  let pathname: string
  try {
    pathname = decodeURIComponent(url.pathname)
  } catch {
    return undefined
  }
  // A back slash separates folders on Windows, and a NUL ends a path for the operating system.
  if (pathname.includes('\\') || pathname.includes('\0')) return undefined
  const path = join(folder, pathname === '/' ? 'index.html' : pathname)
  const mimeType = MIME_TYPES[extname(path).toLowerCase()]
  return mimeType !== undefined && path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
    ? { path, mimeType }
    : undefined
}

function answer(
  status: number,
  body: string | Uint8Array<ArrayBuffer> | null,
  mimeType = 'text/plain; charset=utf-8'
): Response {
  return new Response(body, {
    status,
    headers: {
      'Content-Type': mimeType,
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cache-Control': 'no-cache'
    }
  })
}
