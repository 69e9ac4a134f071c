import type { Browser } from './browser.ts'
import type { Protocol } from './devtools-protocol.ts'
import type { PortPumps } from './port-pump.ts'
import { answerRequest, customSchemes } from './protocol.ts'
import { fromWireUrl, toWirePolicy, WIRE_URL_PATTERN } from './scheme-mapping.ts'

type PausedRequest = Protocol.Events['Fetch.requestPaused']

/** Whose frame a request comes from, and whether it may leave its page. */
export interface NavigationGuard {
  /** Asked for every document. Pages and frames that no window owns are popups: they get nothing. */
  mayNavigate(frameId: string, wireUrl: string): boolean
}

/**
 * Answers every request of the app's own schemes from its protocol handler, and asks the guard before any document loads.
 * It works on the browser, not on a page, so the requests of workers come through it too. All other requests (fonts of
 * a development server, say) go on as they are: the page's policy decides over them.
 */
export function interceptRequests(
  browser: Browser,
  guard: NavigationGuard,
  portPumps: PortPumps
): Promise<unknown> {
  browser.root.on('Fetch.requestPaused', (paused) => {
    const { requestId } = paused
    settle(browser, paused, guard, portPumps).catch((error: unknown) => {
      process.stderr.write(`The handler of ${fromWireUrl(paused.request.url)} failed: ${String(error)}\n`)
      browser.root.post('Fetch.failRequest', { requestId, errorReason: 'Failed' })
    })
  })
  return browser.root.send('Fetch.enable', {
    patterns: [{ urlPattern: WIRE_URL_PATTERN }, { urlPattern: '*', resourceType: 'Document' }]
  })
}

async function settle(
  browser: Browser,
  paused: PausedRequest,
  guard: NavigationGuard,
  portPumps: PortPumps
): Promise<void> {
  const { requestId, request, resourceType, frameId } = paused
  if (resourceType === 'Document' && !guard.mayNavigate(frameId, request.url)) {
    browser.root.post('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
    return
  }
  const url = fromWireUrl(request.url)
  if (url === request.url) {
    browser.root.post('Fetch.continueRequest', { requestId })
    return
  }
  const isPumps = portPumps.answer(url, request.headers, ({ status, headers, body }) => {
    browser.root.post('Fetch.fulfillRequest', {
      requestId,
      responseCode: status,
      responseHeaders: Object.entries(headers).map(([name, value]) => ({ name, value })),
      body: Buffer.from(body).toString('base64')
    })
  })
  if (isPumps) return
  const response = await answerRequest(toRequest(url, request))
  if (!response || response.type === 'error') {
    browser.root.post('Fetch.failRequest', { requestId, errorReason: 'Failed' })
    return
  }
  browser.root.post('Fetch.fulfillRequest', {
    requestId,
    responseCode: response.status,
    responseHeaders: toWireHeaders(response.headers),
    body: Buffer.from(await response.arrayBuffer()).toString('base64')
  })
}

function toRequest(url: string, request: PausedRequest['request']): Request {
  const headers = Object.entries(request.headers).filter(([name]) => !/^(host|connection)$/i.test(name))
  const entries = request.postDataEntries ?? []
  const body = Buffer.concat(entries.map(({ bytes }) => Buffer.from(bytes ?? '', 'base64')))
  return new Request(url, { method: request.method, headers, ...(entries.length > 0 ? { body } : {}) })
}

function toWireHeaders(headers: Headers): { name: string; value: string }[] {
  return [...headers].map(([name, value]) => ({
    name,
    value: name.startsWith('content-security-policy') ? toWirePolicy(value, customSchemes()) : value
  }))
}
