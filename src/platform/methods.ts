import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/**
 * The filter between a socket and the HTTP parser.
 *
 * The protocol's methods MGET and MPUT are unknown to Node's parser, so the filter sends them on as QUERY and
 * PROPPATCH and names the real method in a private header; a client's own copy of that header is removed. To
 * find the next request on a connection it follows Content-Length and chunked framing, strictly: whatever two
 * parsers could read differently is refused. After a WebSocket upgrade it steps aside; any other Upgrade
 * header is removed, as a server may (RFC 9110, section 7.8).
 *
 * A head that is refused is replaced by a request that carries the status in a second private header, so that
 * the refusal is answered in its turn among pipelined requests and in the protocol's envelope.
 */

/** Names the method that a client really sent, when the parser saw another. */
export const METHOD_HEADER = 'x-flowscope-method'
/** Carries the status with which a request is refused before its content is looked at. */
export const REFUSAL_HEADER = 'x-flowscope-refusal'

const PRIVATE_PREFIX = 'x-flowscope-'

/** The largest head: Node's own default, several times what the official clients send. */
export const MAX_HEAD_BYTES = 16 * 1024
/** The longest line of a chunk's size with its extensions, and the longest trailer section. */
const MAX_CHUNK_LINE_BYTES = 256
const MAX_TRAILER_BYTES = 8 * 1024
/** A chunk size of up to 8 hexadecimal digits: 4 GiB, far above the largest body. */
const CHUNK_LINE = /^([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?$/
const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP\/1\.([01])$/
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const CONTENT_LENGTH = /^\d{1,15}$/

const REWRITTEN: Readonly<Record<string, string>> = { MGET: 'QUERY', MPUT: 'PROPPATCH' }

const CR = 13
const LF = 10

export interface ConnectionFilterOptions {
  /** How long a head may take from its first byte (from the connection's start for the first one), milliseconds. */
  readonly headTimeoutMs: number
  /** How long a body may take after its head, milliseconds. */
  readonly bodyTimeoutMs: number
  /** The bytes of a complete answer that ends the connection, for refusals in the middle of a body. */
  readonly refusal: (status: number) => string
}

/** Where the filter is in the incoming bytes. */
type Phase =
  | { readonly kind: 'head' }
  | { readonly kind: 'body'; remaining: number }
  | { readonly kind: 'chunk-line' }
  | { readonly kind: 'chunk'; remaining: number }
  | { readonly kind: 'chunk-end' }
  | { readonly kind: 'trailers'; seenBytes: number }
  | { readonly kind: 'aside' }
  | { readonly kind: 'deaf' }

export class ConnectionFilter extends Duplex {
  private readonly socket: Socket
  private readonly options: ConnectionFilterOptions
  private phase: Phase = { kind: 'head' }
  private pending: Buffer = Buffer.alloc(0)
  private timer: NodeJS.Timeout | undefined

  constructor(socket: Socket, options: ConnectionFilterOptions) {
    super({ allowHalfOpen: true })
    this.socket = socket
    this.options = options
    this.arm(options.headTimeoutMs)
    socket.on('data', (chunk: Buffer) => {
      this.receive(chunk)
    })
    socket.on('end', () => {
      this.disarm()
      this.push(null)
    })
    socket.on('error', (error) => {
      this.destroy(error)
    })
    socket.on('close', () => {
      this.destroy()
    })
    socket.on('timeout', () => {
      this.emit('timeout')
    })
  }

  get remoteAddress(): string | undefined {
    return this.socket.remoteAddress
  }

  get remotePort(): number | undefined {
    return this.socket.remotePort
  }

  setTimeout(timeoutMs: number): this {
    this.socket.setTimeout(timeoutMs)
    return this
  }

  setNoDelay(noDelay?: boolean): this {
    this.socket.setNoDelay(noDelay)
    return this
  }

  setKeepAlive(enable?: boolean, initialDelayMs?: number): this {
    this.socket.setKeepAlive(enable, initialDelayMs)
    return this
  }

  override _read(): void {
    this.socket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.socket.write(chunk, callback)
  }

  override _writev(
    chunks: { chunk: Buffer; encoding: BufferEncoding }[],
    callback: (error?: Error | null) => void
  ): void {
    this.socket.cork()
    const last = chunks.length - 1
    for (const [index, { chunk }] of chunks.entries())
      this.socket.write(chunk, index === last ? callback : undefined)
    this.socket.uncork()
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (this.socket.destroyed) callback()
    else
      this.socket.end(() => {
        callback()
      })
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.disarm()
    this.pending = Buffer.alloc(0)
    this.socket.destroy()
    callback(error)
  }

  private receive(chunk: Buffer): void {
    if (this.phase.kind === 'aside') return this.forward(chunk)
    if (this.phase.kind === 'deaf') return
    let rest: Buffer = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk])
    this.pending = Buffer.alloc(0)
    while (rest.length > 0) {
      const before = rest.length
      const next = this.step(rest)
      if (next === undefined) return
      rest = next
      if (rest.length === before) {
        this.pending = rest
        break
      }
    }
    this.keepTime()
  }

  /** Takes what it can from the front of `bytes` and answers the rest; undefined when the connection is over. */
  private step(bytes: Buffer): Buffer | undefined {
    switch (this.phase.kind) {
      case 'head':
        return this.head(bytes)
      case 'body':
      case 'chunk': {
        const { phase } = this
        const taken = Math.min(phase.remaining, bytes.length)
        this.forward(bytes.subarray(0, taken))
        phase.remaining -= taken
        if (phase.remaining === 0) this.phase = { kind: phase.kind === 'body' ? 'head' : 'chunk-end' }
        return bytes.subarray(taken)
      }
      case 'chunk-line':
        return this.chunkLine(bytes)
      case 'chunk-end': {
        if (bytes.length < 2) return bytes
        if (bytes[0] !== CR || bytes[1] !== LF) return this.breakOff(400)
        this.forward(bytes.subarray(0, 2))
        this.phase = { kind: 'chunk-line' }
        return bytes.subarray(2)
      }
      case 'trailers':
        return this.trailerLine(bytes, this.phase.seenBytes)
      case 'aside':
        this.forward(bytes)
        return bytes.subarray(bytes.length)
      case 'deaf':
        return undefined
    }
  }

  private head(bytes: Buffer): Buffer | undefined {
    let start = 0
    // Empty lines before a request line are to be ignored (RFC 9112, section 2.2).
    while (bytes[start] === CR && bytes[start + 1] === LF) start += 2
    if (start > 0) return bytes.subarray(start)
    const end = bytes.indexOf('\r\n\r\n')
    if (end === -1 ? bytes.length > MAX_HEAD_BYTES : end + 4 > MAX_HEAD_BYTES) return this.refuse(431)
    if (end === -1) return bytes
    const text = bytes.toString('latin1', 0, end)
    const head = readHead(text)
    if (typeof head === 'number') return this.refuse(head)
    this.forward(
      head.text === text ? bytes.subarray(0, end + 4) : Buffer.from(`${head.text}\r\n\r\n`, 'latin1')
    )
    this.phase = head.next
    return bytes.subarray(end + 4)
  }

  private chunkLine(bytes: Buffer): Buffer | undefined {
    const end = bytes.indexOf('\r\n')
    if (end === -1) return bytes.length > MAX_CHUNK_LINE_BYTES ? this.breakOff(400) : bytes
    const match = end > MAX_CHUNK_LINE_BYTES ? null : CHUNK_LINE.exec(bytes.toString('latin1', 0, end))
    if (match?.[1] === undefined) return this.breakOff(400)
    const size = Number.parseInt(match[1], 16)
    this.forward(bytes.subarray(0, end + 2))
    this.phase = size === 0 ? { kind: 'trailers', seenBytes: 0 } : { kind: 'chunk', remaining: size }
    return bytes.subarray(end + 2)
  }

  private trailerLine(bytes: Buffer, seenBytes: number): Buffer | undefined {
    const end = bytes.indexOf('\r\n')
    if (end === -1 ? bytes.length > MAX_TRAILER_BYTES : seenBytes + end > MAX_TRAILER_BYTES)
      return this.breakOff(431)
    if (end === -1) return bytes
    this.forward(bytes.subarray(0, end + 2))
    this.phase = end === 0 ? { kind: 'head' } : { kind: 'trailers', seenBytes: seenBytes + end + 2 }
    return bytes.subarray(end + 2)
  }

  private forward(bytes: Buffer): void {
    if (!this.push(bytes)) this.socket.pause()
  }

  /** Answers the request whose head cannot be accepted, after those before it, and listens no more. */
  private refuse(status: number): undefined {
    this.disarm()
    this.phase = { kind: 'deaf' }
    this.forward(
      Buffer.from(
        `GET / HTTP/1.1\r\nHost: refused\r\n${REFUSAL_HEADER}: ${String(status)}\r\nConnection: close\r\n\r\n`
      )
    )
    return undefined
  }

  /** Ends the connection in the middle of a body, where no other answer can be put in turn. */
  private breakOff(status: number): undefined {
    this.disarm()
    this.phase = { kind: 'deaf' }
    this.socket.end(this.options.refusal(status), () => {
      this.destroy()
    })
    return undefined
  }

  /** A timer runs only while a head or a body is incomplete, never on an idle connection. */
  private keepTime(): void {
    const { kind } = this.phase
    if (kind === 'aside' || kind === 'deaf') return this.disarm()
    if (kind === 'head') {
      if (this.pending.length === 0) return this.disarm()
      if (this.timer === undefined) this.arm(this.options.headTimeoutMs)
      return
    }
    if (this.timer === undefined) this.arm(this.options.bodyTimeoutMs)
  }

  private arm(timeoutMs: number): void {
    this.timer = setTimeout(() => {
      this.timer = undefined
      if (this.phase.kind === 'head') this.refuse(408)
      else this.breakOff(408)
    }, timeoutMs)
    this.timer.unref()
  }

  private disarm(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }
}

interface Head {
  readonly text: string
  readonly next: Phase
}

/** Reads a head without its empty line: what to send on and what follows it, or the status that refuses it. */
function readHead(text: string): Head | number {
  const lines = text.split('\r\n')
  const requestLine = REQUEST_LINE.exec(lines[0] ?? '')
  const [, method, target, minorVersion] = requestLine ?? []
  if (method === undefined || target === undefined) return 400
  let contentLength: number | undefined
  let isChunked = false
  let isWebSocket = false
  const kept: string[] = [lines[0] ?? '']
  const upgradeLines: string[] = []
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    // Folded lines, spaces before the colon and bare line ends are where parsers disagree.
    if (colon < 1 || !HEADER_NAME.test(name) || line.includes('\n') || line.includes('\r')) return 400
    if (name.startsWith(PRIVATE_PREFIX)) continue
    const value = line.slice(colon + 1).trim()
    if (name === 'content-length') {
      if (contentLength !== undefined || !CONTENT_LENGTH.test(value)) return 400
      contentLength = Number(value)
    } else if (name === 'transfer-encoding') {
      if (isChunked || value.toLowerCase() !== 'chunked' || minorVersion === '0') return 400
      isChunked = true
    } else if (name === 'upgrade') {
      isWebSocket = value.toLowerCase() === 'websocket'
      upgradeLines.push(line)
      continue
    }
    kept.push(line)
  }
  if (isChunked && contentLength !== undefined) return 400
  const hasBody = isChunked || (contentLength ?? 0) > 0
  const isUpgrade = isWebSocket && upgradeLines.length === 1 && method === 'GET' && !hasBody
  const rewritten = REWRITTEN[method]
  if (rewritten !== undefined) kept.splice(0, 1, `${rewritten} ${target} HTTP/1.${minorVersion ?? '1'}`)
  if (rewritten !== undefined) kept.push(`${METHOD_HEADER}: ${method}`)
  if (isUpgrade) kept.push(...upgradeLines)
  const next: Phase = isUpgrade
    ? { kind: 'aside' }
    : isChunked
      ? { kind: 'chunk-line' }
      : hasBody
        ? { kind: 'body', remaining: contentLength ?? 0 }
        : { kind: 'head' }
  return {
    text: kept.length === lines.length && rewritten === undefined && !isUpgrade ? text : kept.join('\r\n'),
    next
  }
}
