/** A server's name or address and its port, as a person types it. */
export type ParsedHost =
  | {
      readonly ok: true
      /** Without brackets and port: `example.org`, `127.0.0.1`, `::1`. */
      readonly name: string
      /** Undefined for the usual one of the scheme. */
      readonly portNumber: number | undefined
    }
  | { readonly ok: false; /** A sentence. */ readonly problem: string }

const MAX_PORT_NUMBER = 65_535
/** One part of a name between two points (RFC 1123, "Host Names and Numbers"); private networks also have underscores. */
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i
const MAX_NAME_CHARACTERS = 253

/**
 * Reads `name`, `name:port`, `1.2.3.4:port`, `[::1]:port` or `[::1]`. Everything else is told in a sentence that says what
 * to write instead: a scheme, a path, an account before an @, a space, an IPv6 address without brackets. Names outside ASCII
 * must be given in their punycode form.
 */
export function parseHost(text: string): ParsedHost {
  const bad = (problem: string): ParsedHost => ({ ok: false, problem })
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[0]
  if (scheme !== undefined) return bad(`Leave out ${scheme}: "Use TLS" chooses the scheme.`)
  if (text.includes('@'))
    return bad('Leave out what stands before the @: account and token have fields of their own.')
  if (/[/\\?#]/.test(text)) return bad('Leave out the path: a server is a name or an address, and a port.')
  if (/\s/.test(text)) return bad('A server has no spaces in it.')
  const bracketed = /^\[([^[\]]*)\](?::(.*))?$/.exec(text)
  if (bracketed !== null) {
    const [, address = '', port] = bracketed
    return isIpv6(address) ? withPort(address, port) : bad(`[${address}] is not an IPv6 address.`)
  }
  if ((text.match(/:/g) ?? []).length > 1) {
    return bad('Write an IPv6 address in brackets, such as [::1]:8080.')
  }
  const [name = '', port] = text.split(':')
  if (name === '') return bad('The name or the address of the server is missing.')
  if (/^[\d.]+$/.test(name)) {
    return isIpv4(name)
      ? withPort(name, port)
      : bad(`${name} is not an IPv4 address: four numbers up to 255.`)
  }
  const labels = name.replace(/\.$/, '').split('.')
  return name.length <= MAX_NAME_CHARACTERS && labels.every((label) => LABEL.test(label))
    ? withPort(name, port)
    : bad('The name of a server is made of letters, digits, hyphens and points.')
}

function withPort(name: string, port: string | undefined): ParsedHost {
  if (port === undefined) return { ok: true, name, portNumber: undefined }
  const portNumber = Number(port)
  return /^\d{1,5}$/.test(port) && portNumber >= 1 && portNumber <= MAX_PORT_NUMBER
    ? { ok: true, name, portNumber }
    : { ok: false, problem: `A port is a number from 1 to ${String(MAX_PORT_NUMBER)}, not "${port}".` }
}

/** Whether what is sent there never leaves this machine. `localhost` is always this machine (RFC 6761, section 6.3). */
export function isLoopbackHost(text: string): boolean {
  const host = parseHost(text)
  if (!host.ok) return false
  const name = host.name.toLowerCase().replace(/\.$/, '')
  if (name === 'localhost' || name.endsWith('.localhost')) return true
  if (isIpv4(name)) return name.startsWith('127.')
  return ipv6Groups(name)?.every((group, index) => group === (index === GROUPS - 1 ? 1 : 0)) ?? false
}

function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
}

/** Zones (`fe80::1%eth0`) are refused: a URL cannot carry them. */
const isIpv6 = (text: string): boolean => ipv6Groups(text) !== undefined

/** The eight groups of an address (RFC 4291, section 2.2), undefined for what is none. */
function ipv6Groups(text: string): readonly number[] | undefined {
  const halves = text.split('::').map(groupsOf)
  const [head, tail] = halves
  if (head === undefined || halves.length > 2 || halves.some((half) => half === undefined)) return undefined
  if (halves.length === 1) return head.length === GROUPS ? head : undefined
  const missing = GROUPS - head.length - (tail?.length ?? 0)
  // "::" stands for at least one group.
  return missing < 1 ? undefined : [...head, ...Array<number>(missing).fill(0), ...(tail ?? [])]
}

const GROUPS = 8

function groupsOf(text: string): readonly number[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  const last = parts.at(-1) ?? ''
  const isMixed = isIpv4(last)
  const hex = isMixed ? parts.slice(0, -1) : parts
  if (!hex.every((part) => /^[\da-f]{1,4}$/i.test(part))) return undefined
  const numbers = hex.map((part) => Number.parseInt(part, 16))
  if (!isMixed) return numbers
  const [a = 0, b = 0, c = 0, d = 0] = last.split('.').map(Number)
  return [...numbers, a * 256 + b, c * 256 + d]
}
