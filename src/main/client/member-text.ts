/**
 * The text of one member of a JSON object, word for word: a drop keeps the digits, the order and the escapes that the
 * platform sent, which parsing and writing again would not promise.
 *
 * `text` must be valid JSON (the caller parsed it, or will). The first member of the name counts; answers undefined when
 * `text` is no object or has no such member. A name written with escapes is not found.
 */
export function memberText(text: string, name: string): string | undefined {
  let at = skipSpace(text, 0)
  if (text[at] !== '{') return undefined
  at = skipSpace(text, at + 1)
  while (text[at] === '"') {
    const nameEnd = endOfString(text, at)
    const isWanted = text.slice(at + 1, nameEnd - 1) === name
    at = skipSpace(text, nameEnd)
    if (text[at] !== ':') return undefined
    const start = skipSpace(text, at + 1)
    const end = endOfValue(text, start)
    if (isWanted) return end > start ? text.slice(start, end) : undefined
    at = skipSpace(text, end)
    if (text[at] !== ',') return undefined
    at = skipSpace(text, at + 1)
  }
  return undefined
}

/** The texts of a JSON array's items, word for word. `text` must be a valid JSON array. */
export function itemTexts(text: string): string[] {
  const items: string[] = []
  let at = skipSpace(text, skipSpace(text, 0) + 1)
  while (at < text.length && text[at] !== ']') {
    const end = endOfValue(text, at)
    items.push(text.slice(at, end))
    at = skipSpace(text, end)
    if (text[at] === ',') at = skipSpace(text, at + 1)
  }
  return items
}

const QUOTE = 34
const COMMA = 44
const OPEN_BRACKET = 91
const BACKSLASH = 92
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9

function skipSpace(text: string, from: number): number {
  let at = from
  while (isSpace(text.charCodeAt(at))) at += 1
  return at
}

/** `from` is at the opening quote; answers the place after the closing one. */
function endOfString(text: string, from: number): number {
  let at = from + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote === -1) return text.length
    let backslashes = 0
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1
    if (backslashes % 2 === 0) return quote + 1
    at = quote + 1
  }
}

function endOfValue(text: string, from: number): number {
  let depth = 0
  let at = from
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = endOfString(text, at)
      if (depth === 0) return at
      continue
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      // A bare value ends where the object around it does.
      if (depth === 0) return at
      depth -= 1
      if (depth === 0) return at + 1
    } else if (depth === 0 && (code === COMMA || isSpace(code))) return at
    at += 1
  }
  return at
}
