/** Values on their way between the main process and a page: JSON texts that carry what structured clone carries. */
export interface Codec {
  /**
   * A JSON text for any value that structured clone takes: dates, maps, sets, bigint, typed arrays, errors, cycles and
   * shared references too. Throws `An object could not be cloned.` for functions, symbols, promises and the like.
   */
  encode(value: unknown): string
  /** The value of a text that `encode` wrote, after `JSON.parse`. */
  decode(parsed: unknown): unknown
}

/**
 * Makes the codec. The source of this function is also put into the page, so it names nothing outside itself.
 *
 * Plain values travel as `{"plain": value}`. All others as `{"root": index, "table": [...]}`: each object once, by its
 * index, so that cycles and shared references survive; -1 is `undefined`.
 */
export function makeCodec(): Codec {
  type Row = null | string | number | boolean | readonly [string, ...unknown[]]

  /** Deeper plain values take the table instead: it does not recurse into the same depth twice. */
  const MAX_PLAIN_DEPTH = 64
  /** `String.fromCharCode` takes its characters as arguments, and engines limit how many. */
  const CHARACTERS_A_CALL = 0x8000

  function isPlain(value: unknown, depth: number): boolean {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
    if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
    if (typeof value !== 'object' || depth > MAX_PLAIN_DEPTH) return false
    if (Array.isArray(value)) {
      // Holes are visited too, as undefined: not plain.
      for (const item of value) if (!isPlain(item, depth + 1)) return false
      return true
    }
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) return false
    for (const key in value) {
      // A plain object's `__proto__` key would be lost by assignment on the other side, and a `toJSON` would be called.
      if (key === '__proto__' || key === 'toJSON') return false
      if (!isPlain((value as Record<string, unknown>)[key], depth + 1)) return false
    }
    return true
  }

  function toBase64(bytes: Uint8Array): string {
    if (typeof Buffer !== 'undefined') {
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
    }
    let characters = ''
    for (let start = 0; start < bytes.length; start += CHARACTERS_A_CALL) {
      characters += String.fromCharCode(...bytes.subarray(start, start + CHARACTERS_A_CALL))
    }
    return btoa(characters)
  }

  function fromBase64(text: string): Uint8Array<ArrayBuffer> {
    const characters = atob(text)
    const bytes = new Uint8Array(characters.length)
    for (let index = 0; index < characters.length; index++) bytes[index] = characters.charCodeAt(index)
    return bytes
  }

  function encode(value: unknown): string {
    if (isPlain(value, 0)) return `{"plain":${JSON.stringify(value)}}`
    let clone: unknown
    try {
      clone = structuredClone(value)
    } catch {
      throw new Error('An object could not be cloned.')
    }
    const table: Row[] = []
    const indexOf = new Map<object, number>()
    const add = (item: unknown): number => {
      if (item === undefined) return -1
      if (typeof item === 'object' && item !== null) {
        const known = indexOf.get(item)
        if (known !== undefined) return known
      }
      const index = table.push(null) - 1
      if (typeof item === 'bigint') table[index] = ['bigint', String(item)]
      else if (typeof item === 'number')
        table[index] = isPlain(item, 0) ? item : ['number', Object.is(item, -0) ? '-0' : String(item)]
      else if (typeof item !== 'object' || item === null) table[index] = item as Row
      else {
        indexOf.set(item, index)
        table[index] = rowOf(item, add)
      }
      return index
    }
    const root = add(clone)
    return JSON.stringify({ root, table })
  }

  function rowOf(item: object, add: (item: unknown) => number): Row {
    // `Array.from` visits the holes of a sparse array too, as undefined.
    if (Array.isArray(item)) return ['array', Array.from(item, add)]
    if (item instanceof Date) return ['date', item.getTime()]
    if (item instanceof RegExp) return ['regexp', item.source, item.flags]
    if (item instanceof Map) return ['map', Array.from(item, ([key, value]) => [add(key), add(value)])]
    if (item instanceof Set) return ['set', Array.from(item, add)]
    if (item instanceof Error) return ['error', item.name, item.message, item.stack]
    if (item instanceof ArrayBuffer) return ['buffer', toBase64(new Uint8Array(item))]
    if (ArrayBuffer.isView(item)) {
      // The clone of a Buffer is a Uint8Array already.
      return [
        'view',
        item.constructor.name,
        toBase64(new Uint8Array(item.buffer, item.byteOffset, item.byteLength))
      ]
    }
    if (item instanceof Boolean || item instanceof Number || item instanceof String)
      return ['boxed', item.valueOf()]
    return ['object', Object.entries(item).map(([key, value]) => [key, add(value)])]
  }

  function decode(parsed: unknown): unknown {
    if ('plain' in (parsed as object)) return (parsed as { plain: unknown }).plain
    const { root, table } = parsed as { root: number; table: readonly Row[] }
    const done = new Map<number, unknown>()
    const read = (index: number): unknown => {
      if (index === -1) return undefined
      if (done.has(index)) return done.get(index)
      const row = table[index]
      return Array.isArray(row) ? valueOf(row as never, index) : row
    }
    const valueOf = (row: readonly [string, never, never, never], index: number): unknown => {
      const keep = <T>(value: T): T => {
        done.set(index, value)
        return value
      }
      const [kind, first, second, third] = row as readonly [string, unknown, unknown, unknown]
      switch (kind) {
        case 'bigint':
          return BigInt(first as string)
        case 'number':
          return Number(first)
        case 'date':
          // JSON writes the time of an invalid date as null.
          return keep(new Date((first ?? NaN) as number))
        case 'regexp':
          return keep(new RegExp(first as string, second as string))
        case 'array': {
          const array = keep<unknown[]>([])
          for (const item of first as number[]) array.push(read(item))
          return array
        }
        case 'map': {
          const map = keep(new Map<unknown, unknown>())
          for (const [key, value] of first as [number, number][]) map.set(read(key), read(value))
          return map
        }
        case 'set': {
          const set = keep(new Set<unknown>())
          for (const item of first as number[]) set.add(read(item))
          return set
        }
        case 'error': {
          const constructors: Record<string, ErrorConstructor> = {
            EvalError,
            RangeError,
            ReferenceError,
            SyntaxError,
            TypeError,
            URIError
          }
          const error = new (constructors[first as string] ?? Error)(second as string)
          Object.defineProperty(error, 'stack', { value: third, writable: true, configurable: true })
          return keep(error)
        }
        case 'buffer':
          return keep(fromBase64(first as string).buffer)
        case 'view': {
          const { buffer } = fromBase64(second as string)
          const constructors = globalThis as unknown as Record<string, new (buffer: ArrayBuffer) => unknown>
          const View = constructors[first as string]
          if (!View) throw new Error(`A ${String(first)} cannot cross to this side.`)
          return keep(new View(buffer))
        }
        case 'boxed':
          return keep(Object(first))
        default: {
          const object = keep({})
          for (const [key, value] of first as [string, number][]) {
            Object.defineProperty(object, key, {
              value: read(value),
              enumerable: true,
              writable: true,
              configurable: true
            })
          }
          return object
        }
      }
    }
    return read(root)
  }

  return { encode, decode }
}
