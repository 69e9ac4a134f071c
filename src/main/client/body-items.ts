import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { parseJson } from '../../shared/wire/json.ts'
import type { HttpStream } from './http.ts'

/**
 * The objects of an answer's body, parsed while it arrives: at most one piece of the answer and one unfinished object are
 * held. Answers them in groups, as many as a piece completed; a failure is the last thing answered. An answer that ends early,
 * or whose body is no array of objects, is `response/malformed`. The stream is read to its end, or cancelled by who stops
 * before.
 */
export async function* bodyItems(stream: HttpStream): AsyncGenerator<Result<readonly unknown[]>> {
  const scanner = new BodyScanner()
  try {
    for (;;) {
      const piece = await stream.next()
      if (!piece.ok) {
        yield piece
        return
      }
      if (piece.value === undefined) break
      const items = scanner.take(piece.value)
      if (items.length > 0) yield success(items)
    }
    const rest = scanner.rest()
    if (rest.length > 0) yield success(rest)
    if (!scanner.isComplete) yield malformed('The answer ended before its body did.')
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    yield malformed(error.message)
  } finally {
    stream.cancel()
  }
}

const malformed = (reason: string): Result<never> =>
  failed(failure('response/malformed', { details: { reason } }))

const QUOTE = 34
const COMMA = 44
const OPEN_BRACKET = 91
const BACKSLASH = 92
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

/** The head of an answer with the references of 100,000 objects; beyond it, what comes is no answer. */
const MAX_HEAD_CHARACTERS = 64 * 1_048_576
/** Not in sight: more text is needed. */
const NOWHERE = -1

/** Finds the objects of `body` in the text of an envelope that comes in pieces. */
class BodyScanner {
  #text = ''
  #place: 'before' | 'within' | 'behind' = 'before'

  get isComplete(): boolean {
    return this.#place === 'behind'
  }

  /**
   * Objects that are complete with this piece; the last one may wait for the next piece.
   *
   * @throws SyntaxError for what is no JSON, or no array of objects.
   */
  take(piece: string): readonly unknown[] {
    if (this.#place === 'behind') return []
    this.#text += piece
    if (this.#place === 'before') this.#enter()
    return this.#place === 'within' ? this.#items() : []
  }

  /**
   * The objects that are left when no more pieces come.
   *
   * @throws SyntaxError as `take`.
   */
  rest(): readonly unknown[] {
    return this.#place === 'within' ? this.#countedItems() : []
  }

  /** Goes to the first object, when the body has begun. */
  #enter(): void {
    const start = startOfBody(this.#text)
    if (start === NOWHERE) {
      if (this.#text.length > MAX_HEAD_CHARACTERS) throw new SyntaxError('The answer has no body.')
      return
    }
    if (this.#text.charCodeAt(start) !== OPEN_BRACKET) throw new SyntaxError('The body is no array.')
    this.#text = this.#text.slice(start + 1)
    this.#place = 'within'
  }

  /** Objects are cut out together and parsed together, which is faster than one by one. */
  #items(): readonly unknown[] {
    return this.#itemsUpTo(this.#text.lastIndexOf('},{') + 1) ?? this.#countedItems()
  }

  /**
   * The objects before `end`, where one may end and the next begin. JSON is read from left to right: when what stands before it is
   * a whole array, the place is between two objects of the body, and when it is within one, the parser says so.
   */
  #itemsUpTo(end: number): readonly unknown[] | undefined {
    if (end === 0) return undefined
    try {
      const items = parseItems(this.#text, end)
      this.#text = this.#text.slice(end)
      return items
    } catch {
      return undefined
    }
  }

  /** The objects that are whole, found by their braces. */
  #countedItems(): readonly unknown[] {
    const text = this.#text
    let at = 0
    let end = 0
    for (;;) {
      at = skipToValue(text, at)
      const code = text.charCodeAt(at)
      if (code === CLOSE_BRACKET) {
        this.#place = 'behind'
        break
      }
      if (at === text.length) break
      if (code !== OPEN_BRACE) throw new SyntaxError('The body holds something else than objects.')
      const endOfItem = endOfObject(text, at)
      if (endOfItem === NOWHERE) break
      at = endOfItem
      end = endOfItem
    }
    const items = end === 0 ? [] : parseItems(text, end)
    this.#text = this.#place === 'behind' ? '' : text.slice(end)
    return items
  }
}

/** @throws SyntaxError when what stands before `end` is no sequence of objects. */
function parseItems(text: string, end: number): readonly unknown[] {
  const items = parseJson(`[${text.slice(skipToValue(text, 0), end)}]`) as readonly unknown[]
  if (items.some((item) => typeof item !== 'object' || item === null || Array.isArray(item)))
    throw new SyntaxError('The body holds something else than objects.')
  return items
}

/** Past white space and the comma between two objects; whether it was the right place for one is the parser's to say. */
function skipToValue(text: string, from: number): number {
  let at = from
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code !== COMMA && code !== 32 && code !== 10 && code !== 13 && code !== 9) break
    at += 1
  }
  return at
}

/** Behind the closing quote of the string that opens at `from`. */
function endOfString(text: string, from: number): number {
  let at = from
  for (;;) {
    at = text.indexOf('"', at + 1)
    if (at === -1) return NOWHERE
    let backslashes = 0
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1
    if (backslashes % 2 === 0) return at + 1
  }
}

/** Behind the brace that closes the object at `from`. */
function endOfObject(text: string, from: number): number {
  let depth = 0
  let at = from
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = endOfString(text, at)
      if (at === NOWHERE) return NOWHERE
      continue
    }
    at += 1
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      depth -= 1
      if (depth === 0) return at
    }
  }
  return NOWHERE
}

/** Where the value of the member `body` of the outermost object begins. */
function startOfBody(text: string): number {
  let depth = 0
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code !== QUOTE) {
      if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1
      else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1
      at += 1
      continue
    }
    const end = endOfString(text, at)
    if (end === NOWHERE) return NOWHERE
    if (depth === 1 && text.slice(at, end) === '"body"') {
      const value = /\s*:\s*(?=\S)/y
      value.lastIndex = end
      if (value.test(text)) return value.lastIndex
    }
    at = end
  }
  return NOWHERE
}
