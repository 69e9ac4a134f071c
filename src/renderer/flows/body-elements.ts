import { parseJson } from '../../shared/wire/json.ts'

const QUOTE = 34
const BACKSLASH = 92
const OPEN_ARRAY = 91
const CLOSE_ARRAY = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125
const COMMA = 44

/**
 * The elements of an answer's body, taken out of its text piece by piece: a list of 100,000 flows is shown while it still
 * comes, and no piece takes longer to parse than a frame. The body is the array under `body` of an envelope, or the text
 * itself when that is an array.
 */
export class BodyElements {
  #text = ''
  /** Where scanning goes on. */
  #at = 0
  #depth = 0
  #phase: 'before' | 'inside' | 'after' | 'malformed' = 'before'

  /** Whether the array came to its end. */
  get isComplete(): boolean {
    return this.#phase === 'after'
  }

  /** The elements that are complete with this piece; undefined when the text is no such answer. */
  push(piece: string): readonly unknown[] | undefined {
    if (this.#phase === 'after') return []
    this.#text += piece
    if (this.#phase === 'before') this.#findBody()
    if (this.#phase === 'malformed') return undefined
    return this.#phase === 'inside' ? this.#take() : []
  }

  #findBody(): void {
    const start = startOfBody(this.#text)
    if (start === 'incomplete') return
    if (start === 'none') {
      this.#phase = 'malformed'
      return
    }
    this.#text = this.#text.slice(start)
    this.#at = 0
    this.#phase = 'inside'
  }

  #take(): readonly unknown[] | undefined {
    const text = this.#text
    let end = -1
    let at = this.#at
    let depth = this.#depth
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) {
        const close = endOfString(text, at)
        if (close < 0) break
        at = close
      } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth += 1
      else if (code === COMMA && depth === 0) end = at
      else if (code === CLOSE_OBJECT) depth -= 1
      else if (code === CLOSE_ARRAY) {
        depth -= 1
        if (depth < 0) {
          end = at
          this.#phase = 'after'
          break
        }
      }
    }
    if (end < 0) {
      this.#at = at
      this.#depth = depth
      return []
    }
    const elements = parseElements(text.slice(0, end))
    this.#text = this.isComplete ? '' : text.slice(end + 1)
    this.#at = at - end - 1
    this.#depth = depth
    if (elements === undefined) this.#phase = 'malformed'
    return elements
  }
}

function parseElements(text: string): readonly unknown[] | undefined {
  try {
    return parseJson(`[${text}]`) as readonly unknown[]
  } catch {
    return undefined
  }
}

/** The index of the quote that ends the string which starts at `from`, or -1. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1
    if (backslashes % 2 === 0) return at
  }
  return -1
}

/** The index behind the bracket that opens the body. */
function startOfBody(text: string): number | 'incomplete' | 'none' {
  const first = /\S/.exec(text)
  if (first === null) return 'incomplete'
  if (first[0] === '[') return first.index + 1
  if (first[0] !== '{') return 'none'
  let depth = 0
  for (let at = first.index; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth += 1
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) depth -= 1
    else if (code === QUOTE) {
      const close = endOfString(text, at)
      if (close < 0) return 'incomplete'
      const isBodyName = depth === 1 && text.slice(at, close + 1) === '"body"'
      at = close
      if (!isBodyName) continue
      const value = /^\s*:\s*(\S)/.exec(text.slice(close + 1, close + 100))
      if (value === null) return text.length > close + 100 ? 'none' : 'incomplete'
      if (value[1] !== '[') return 'none'
      return close + 1 + value[0].length
    }
    if (depth === 0) return 'none'
  }
  return 'incomplete'
}
