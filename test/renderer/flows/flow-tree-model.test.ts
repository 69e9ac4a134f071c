import { beforeEach, describe, expect, test } from 'vitest'
import { FlowTreeModel } from '../../../src/renderer/flows/flow-tree-model.ts'

const flow = (path: string) => ({ id: `f${path}`, path, capacity: 100 })
const PATHS = [
  '/b/x',
  '/a/weather/oslo',
  '/a/weather',
  '/a/weather-old',
  '/a/flights/late',
  '/a/weather/bergen'
]

let tree: FlowTreeModel
const shown = (): string[] =>
  tree.rows(0, 1000).map(({ name, level, isExpandable, isExpanded, flow: itsFlow }) => {
    const twisty = isExpandable ? (isExpanded ? 'v' : '>') : ' '
    return `${'  '.repeat(level - 1)}${twisty}${name}${itsFlow === undefined ? '/' : ''}`
  })

beforeEach(() => {
  tree = new FlowTreeModel()
  tree.setFlows(PATHS.map(flow))
})

describe('the flow tree', () => {
  test('makes folders from the paths, closed at first', () => {
    expect(shown()).toEqual(['>a/', '>b/'])
  })

  test('opens and closes, in the order of names, a flow with flows below it too', () => {
    tree.expand('/a', true)
    tree.expand('/a/weather', true)
    expect(shown()).toEqual([
      'va/',
      '  >flights/',
      '  vweather',
      '     bergen',
      '     oslo',
      '   weather-old',
      '>b/'
    ])
    tree.expand('/a', false)
    expect(shown()).toEqual(['>a/', '>b/'])
  })

  test('remembers what was open below a folder that is closed', () => {
    tree.setExpanded(['/a', '/a/weather'])
    const open = shown()
    tree.expand('/a', false)
    tree.expand('/a', true)
    expect(shown()).toEqual(open)
  })

  test('reveals a path by opening what is above it', () => {
    tree.reveal('/a/flights/late')
    expect(tree.rows(tree.placeOf('/a/flights/late'), 99)[0]).toMatchObject({ name: 'late', level: 3 })
    expect(tree.expandedPaths.sort()).toEqual(['/a', '/a/flights'])
  })

  test('tells each row its parent and its place among its siblings', () => {
    tree.setExpanded(['/a'])
    expect(tree.rows(2, 3)).toMatchObject([
      { name: 'weather', parentPlace: 0, positionInSet: 2, setSize: 3, level: 2 }
    ])
  })

  test('a search keeps matching flows and what is above them, open, and forgets nothing', () => {
    tree.setExpanded(['/b'])
    tree.search('OSLO a/')
    expect(shown()).toEqual(['va/', '  vweather', '     oslo'])
    expect(tree.shape).toEqual({ rowCount: 3, flowCount: 6, matchingFlows: 1 })
    tree.search('')
    expect(shown()).toEqual(['>a/', 'vb/', '   x'])
  })

  test('a search for nothing that is there shows no row', () => {
    tree.search('nowhere')
    expect(tree.shape).toEqual({ rowCount: 0, flowCount: 6, matchingFlows: 0 })
  })

  test('type-ahead goes on from the active row and round', () => {
    tree.setExpanded(['/a'])
    expect([
      tree.typeAhead('we', 0),
      tree.typeAhead('we', 3),
      tree.typeAhead('B', 2),
      tree.typeAhead('q', 0)
    ]).toEqual([2, 3, 4, -1])
  })

  test('read again it keeps what was open', () => {
    tree.setExpanded(['/a', '/gone'])
    tree.setFlows([...PATHS, '/a/added'].map(flow))
    expect(shown()).toContain('   added')
    expect(tree.expandedPaths).toEqual(['/a'])
  })

  test('finds flows for the palette, those whose own name fits first', () => {
    expect(tree.find('weather', 10).map(({ path }) => path)).toEqual([
      '/a/weather',
      '/a/weather-old',
      '/a/weather/bergen',
      '/a/weather/oslo'
    ])
    expect(tree.find('', 2).length).toBe(2)
  })

  test('knows flows by path, folders are none', () => {
    expect([tree.flowByPath('/a/weather')?.id, tree.flowByPath('/a')]).toEqual(['f/a/weather', undefined])
  })
})
