/**
 * Chromium cannot navigate to a scheme of the app's own. So `app://bundle/x` travels as
 * `https://bundle--app.electron-host.test/x`: a secure context with an origin of its own, whose requests are all
 * answered by the host (`.test` never resolves, RFC 6761 section 6.2). Everything the app sees is mapped back.
 */
export const WIRE_DOMAIN = 'electron-host.test'

const CUSTOM_URL = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]+)(.*)$/is
/** The last `--` parts host and scheme: a host may hold one of its own. */
const WIRE_URL = /^https:\/\/([^/?#]+)--([a-z][a-z0-9+.-]*)\.electron-host\.test(?::443)?([/?#].*)?$/is

/** What a request of a custom scheme looks like to Chromium; for `Fetch.enable`. */
export const WIRE_URL_PATTERN = `https://*.${WIRE_DOMAIN}/*`

/** `app://bundle/x` → its https form, when `app` is one of `schemes`; every other URL, and one without a host, as it is. */
export function toWireUrl(url: string, schemes: ReadonlySet<string>): string {
  const match = CUSTOM_URL.exec(url)
  const scheme = match?.[1]?.toLowerCase()
  if (!match || !scheme || !schemes.has(scheme)) return url
  const [, , host = '', rest = ''] = match
  return `https://${host}--${scheme}.${WIRE_DOMAIN}${rest.startsWith('/') ? rest : `/${rest}`}`
}

/** The app's own form of a wire URL; every other URL as it is. */
export function fromWireUrl(url: string): string {
  const match = WIRE_URL.exec(url)
  if (!match) return url
  const [, host = '', scheme = '', rest = '/'] = match
  return `${scheme}://${host}${rest}`
}

/** `app://bundle` for `app://bundle/x?y`; `null` as a string, as browsers write it, for an opaque origin. */
export function originOf(url: string): string {
  return /^([a-z][a-z0-9+.-]*:\/\/[^/?#]+)/i.exec(url)?.[1] ?? 'null'
}

/**
 * A Content-Security-Policy with the custom schemes in it (`app:`, `app://bundle`) replaced by the wire origins, so that
 * the page is held to the policy the app wrote: neither wider nor narrower.
 */
export function toWirePolicy(policy: string, schemes: ReadonlySet<string>): string {
  return policy.replace(
    /(^|[\s;])([a-z][a-z0-9+.-]*):(\/\/[^\s;/]+)?(?=$|[\s;/])/gi,
    (whole, before: string, scheme: string, host: string | undefined) => {
      if (!schemes.has(scheme.toLowerCase())) return whole
      if (host === undefined) return `${before}https://*.${WIRE_DOMAIN}`
      return `${before}https://${host.slice(2)}--${scheme.toLowerCase()}.${WIRE_DOMAIN}`
    }
  )
}
