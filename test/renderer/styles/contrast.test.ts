import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const sheet = readFileSync(resolve(import.meta.dirname, '../../../src/renderer/styles/tokens.css'), 'utf8')

function tokensOf(theme: string): Readonly<Record<string, string>> {
  const block = new RegExp(`:root\\[data-theme='${theme}'\\] \\{([^}]*)\\}`).exec(sheet)?.[1] ?? ''
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value])
  )
}

/** Relative luminance and contrast (WCAG 2.2, "contrast ratio"). */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const part = parseInt(colour.slice(start, start + 2), 16) / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((left, right) => right - left)
  return (light + 0.05) / (dark + 0.05)
}

const GROUNDS = ['bg', 'panel', 'raised', 'selected', 'hover']
const TEXTS = [
  'text',
  'muted',
  'ok',
  'warn',
  'error',
  'syntax-member',
  'syntax-keyword',
  'syntax-operator',
  'syntax-number',
  'syntax-text'
]
const SERIES = Array.from({ length: 8 }, (_, index) => `series-${String(index + 1)}`)

/** What `color-mix(in srgb, <series> 12%, <panel>)` gives, as chips use it. */
function tint(colour: string, ground: string): string {
  const mixed = [1, 3, 5].map((start) => {
    const part = (text: string): number => parseInt(text.slice(start, start + 2), 16)
    return Math.round(part(colour) * 0.12 + part(ground) * 0.88)
  })
  return '#' + mixed.map((part) => part.toString(16).padStart(2, '0')).join('')
}

describe.each(['dark', 'light'])('the %s theme', (theme) => {
  const tokens = tokensOf(theme)
  const colour = (name: string): string => {
    const value = tokens[name]
    if (value === undefined) throw new Error(`The ${theme} theme has no token --${name}.`)
    return value
  }
  const tooFaint = (names: readonly string[], grounds: readonly string[], least: number): string[] =>
    names.flatMap((name) =>
      grounds
        .map((ground) => ({ ground, ratio: contrast(colour(name), colour(ground)) }))
        .filter(({ ratio }) => ratio < least)
        .map(({ ground, ratio }) => `${name} on ${ground}: ${ratio.toFixed(2)}`)
    )

  test('has text of at least 4.5:1 on every ground', () => {
    expect(tooFaint(TEXTS, GROUNDS, 4.5)).toEqual([])
  })

  test('has text of at least 4.5:1 on the accent', () => {
    expect(tooFaint(['accent-text'], ['accent'], 4.5)).toEqual([])
  })

  test('has icons, rules and the focus of at least 3:1', () => {
    expect(tooFaint(['faint', 'focus', 'accent', ...SERIES], GROUNDS, 3)).toEqual([])
  })

  test('has chips whose name reads on its own tint', () => {
    const faint = SERIES.map((name) => ({
      name,
      ratio: contrast(colour(name), tint(colour(name), colour('panel')))
    }))
      .filter(({ ratio }) => ratio < 4.5)
      .map(({ name, ratio }) => `${name}: ${ratio.toFixed(2)}`)
    expect(faint).toEqual([])
  })
})
