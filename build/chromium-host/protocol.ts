import { loud } from './not-implemented.ts'

type ProtocolHandler = (request: Request) => Response | Promise<Response>

interface PrivilegedScheme {
  readonly scheme: string
}

const handlers = new Map<string, ProtocolHandler>()
const schemes = new Set<string>()

/** Schemes of the app's own (Electron, protocol). Their privileges are those of https, whatever was asked for. */
export const protocol = loud('protocol', {
  registerSchemesAsPrivileged(list: readonly PrivilegedScheme[]): void {
    for (const { scheme } of list) schemes.add(scheme)
  },
  handle(scheme: string, handler: ProtocolHandler): void {
    if (handlers.has(scheme)) throw new Error(`The scheme ${scheme} has a handler already.`)
    schemes.add(scheme)
    handlers.set(scheme, handler)
  },
  unhandle(scheme: string): void {
    handlers.delete(scheme)
  },
  isProtocolHandled: (scheme: string): boolean => handlers.has(scheme)
})

/** The schemes that travel under another name (scheme-mapping.ts). */
export function customSchemes(): ReadonlySet<string> {
  return schemes
}

/** The app's answer to a request of one of its schemes; undefined when it handles no such scheme. */
export async function answerRequest(request: Request): Promise<Response | undefined> {
  const handler = handlers.get(new URL(request.url).protocol.slice(0, -1))
  return handler?.(request)
}
