import { describe, expect, test } from 'vitest'
import { readFlowSearch } from '../../../src/renderer/flows/flow-search.ts'

const FLOWS = [
  { id: 'f1', path: '/local/weather/seattle', capacity: 1, description: 'Degrees Fahrenheit' },
  { id: 'f2', path: '/local/weather/seattle-celsius', capacity: 1 },
  { id: 'f3', path: '/local/home/attic', capacity: 1, description: 'Under the roof' },
  { id: 'f4', path: '/ana/home/attic', capacity: 1 }
]

function found(text: string): string {
  const search = readFlowSearch(text)
  if (search.kind !== 'matches') return search.kind
  return FLOWS.filter(search.matches)
    .map(({ id }) => id)
    .join(' ')
}

describe('a search for flows', () => {
  test.each([
    ['', 'everything'],
    ['  - ', 'everything'],
    ['SEATTLE', 'f1 f2'],
    ['local attic', 'f3'],
    ['/local/home', 'f3'],
    ['roof', 'f3'],
    ['-weather', 'f3 f4'],
    ['seattle -celsius', 'f1'],
    ['-roof attic', 'f4'],
    ['sea*', 'f1 f2'],
    ['*celsius', 'f2'],
    ['seattle*', 'f1 f2'],
    ['s?attle', 'f1'],
    ['/local/*/attic', 'f3'],
    ['/*/home', 'f3 f4'],
    ['fahr*', 'f1'],
    ['-*celsius weather', 'f1'],
    ['/attic$/', 'f3 f4'],
    ['/^.local.*ATTIC$/i', 'f3'],
    ['-/seattle$/ weather', 'f2'],
    ['/the roof/', 'f3'],
    ['a.t', ''],
    ['a+', '']
  ])('%j finds %j', (text, expected) => {
    expect(found(text)).toBe(expected)
  })

  test.each(['/(/', '/(?=x)/', 'attic -/[/'])('%j says what cannot be read', (text) => {
    expect(readFlowSearch(text)).toMatchObject({
      kind: 'unreadable',
      message: expect.stringContaining('Expected a regular expression') as string
    })
  })

  test('an expression that is not closed yet is a word', () => {
    expect(found('/attic')).toBe('f3 f4')
  })
})
