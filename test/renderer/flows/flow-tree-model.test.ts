import { beforeEach, describe, expect, test } from 'vitest'
import { readFlowSearch } from '../../../src/renderer/flows/flow-search.ts'
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

const open = (paths: readonly string[]): void => {
  tree.restore({ expandedPaths: paths, pinnedPaths: [], hiddenPaths: [], sort: 'name' })
}
const put = (paths: readonly string[]): void => {
  for (const path of paths) tree.put(flow(path))
  tree.show()
}
const find = (text: string, limit: number): readonly { readonly path: string }[] =>
  run(tree.findSteps(text, limit))
function run<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
function search(text: string): void {
  const wanted = readFlowSearch(text)
  tree.search(wanted.kind === 'matches' ? wanted.matches : undefined)
  run(tree.searchSteps())
}

beforeEach(() => {
  tree = new FlowTreeModel('a')
  put(PATHS)
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
    open(['/a', '/a/weather'])
    const before = shown()
    tree.expand('/a', false)
    tree.expand('/a', true)
    expect(shown()).toEqual(before)
  })

  test('reveals a path by opening what is above it', () => {
    tree.reveal('/a/flights/late')
    expect(tree.rows(tree.placeOf('/a/flights/late'), 99)[0]).toMatchObject({ name: 'late', level: 3 })
    expect([...tree.expandedPaths].sort()).toEqual(['/a', '/a/flights'])
  })

  test('tells each row its parent and its place among its siblings', () => {
    open(['/a'])
    expect(tree.rows(2, 3)).toMatchObject([
      { name: 'weather', parentPlace: 0, positionInSet: 2, setSize: 3, level: 2 }
    ])
  })

  test('a search keeps matching flows and what is above them, open, and forgets nothing', () => {
    open(['/b'])
    search('OSLO a/')
    expect(shown()).toEqual(['va/', '  vweather', '     oslo'])
    expect(tree.shape).toMatchObject({
      rowCount: 3,
      flowCount: 6,
      search: { matchingFlows: 1, searchedFlows: 6, isDone: true }
    })
    search('')
    expect(shown()).toEqual(['>a/', 'vb/', '   x'])
  })

  test('a search shows what it found so far, and the rows before stay where they are', () => {
    for (let index = 0; index < 1000; index++) tree.put(flow(`/many/n${String(index).padStart(4, '0')}`))
    const wanted = readFlowSearch('n')
    tree.search(wanted.kind === 'matches' ? wanted.matches : undefined)
    const steps = tree.searchSteps()
    steps.next()
    const early = shown()
    expect(tree.shape.search?.isDone).toBe(false)
    expect(early.length).toBeGreaterThan(100)
    run(steps)
    expect(shown().slice(0, early.length)).toEqual(early)
    expect(tree.shape.search).toEqual({
      searchedFlows: 1006,
      matchingFlows: 1001,
      unjudgedFlows: 0,
      isDone: true
    })
  })

  test('an expression that would take too long on one flow counts that flow as not judged, and goes on', () => {
    tree.put({ ...flow('/long'), description: 'q'.repeat(200_000) })
    search('/oslo|q.{0,900}z/')
    expect(tree.shape.search).toEqual({
      searchedFlows: 7,
      matchingFlows: 1,
      unjudgedFlows: 1,
      isDone: true
    })
  })

  test('a folder that is closed within a search stays closed in it only', () => {
    search('oslo')
    tree.expand('/a', false)
    expect(shown()).toEqual(['>a/'])
    search('oslo')
    expect(shown()).toEqual(['va/', '  vweather', '     oslo'])
  })

  test('a search for nothing that is there shows no row', () => {
    search('nowhere')
    expect(tree.shape).toMatchObject({ rowCount: 0, flowCount: 6, search: { matchingFlows: 0 } })
  })

  test('type-ahead goes on from the active row and round', () => {
    open(['/a'])
    expect([
      tree.typeAhead('we', 0),
      tree.typeAhead('we', 3),
      tree.typeAhead('B', 2),
      tree.typeAhead('q', 0)
    ]).toEqual([2, 3, 4, -1])
  })

  test('another tree takes over what was open, pinned and hidden', () => {
    tree.restore({
      expandedPaths: ['/a', 'pins:'],
      pinnedPaths: ['/b/x'],
      hiddenPaths: ['/a/flights'],
      sort: 'name'
    })
    const before = shown()
    const next = new FlowTreeModel('a')
    next.takeView(tree)
    tree = next
    put([...PATHS, '/a/added'])
    expect(shown()).toEqual([...before.slice(0, 3), '   added', ...before.slice(3)])
  })

  test('the flows of the account come first, those of others are marked as shared', () => {
    tree = new FlowTreeModel('z')
    put(['/a/x', '/z/x', '/b/x'])
    expect(tree.rows(0, 3).map(({ name, isShared }) => [name, isShared])).toEqual([
      ['z', false],
      ['a', true],
      ['b', true]
    ])
  })

  test('a flow that moved is at its new path only, and empty folders leave', () => {
    open(['/b'])
    tree.put({ ...flow('/b/x'), path: '/a/moved' })
    tree.show()
    expect(shown()).toEqual(['>a/'])
    expect(tree.shape.flowCount).toBe(6)
    expect(tree.flowByPath('/a/moved')?.id).toBe('f/b/x')
  })

  test('a flow that is removed leaves its folder to the flows below it', () => {
    open(['/a'])
    tree.remove('f/a/weather')
    tree.show()
    expect(shown()).toContain('  >weather/')
    expect(tree.rows(0, 1)).toMatchObject([{ flowCount: 4 }])
  })

  test('pinned flows stand above the tree as well', () => {
    tree.pin('/a/weather/oslo', true)
    expect(shown()).toEqual(['vPinned/', '   oslo', '>a/', '>b/'])
    expect(tree.rows(1, 2)).toMatchObject([
      { kind: 'pin', path: '/a/weather/oslo', parentPlace: 0, setSize: 1 }
    ])
    tree.pin('/a/weather/oslo', false)
    expect(shown()).toEqual(['>a/', '>b/'])
  })

  test('hidden paths leave the tree and the search until they are shown', () => {
    open(['/a'])
    tree.hide('/a/weather', true)
    expect(shown()).toEqual(['va/', '  >flights/', '   weather-old', '>b/'])
    search('weather')
    expect(shown()).toEqual(['va/', '   weather-old'])
    search('')
    tree.showHidden(true)
    expect(tree.rows(2, 3)).toMatchObject([{ name: 'weather', isHidden: true }])
    expect(tree.shape).toMatchObject({ hiddenPaths: 1, showsHidden: true })
  })

  test('an order by rate puts what is known first, folders by all that is below them', () => {
    open(['/a', '/a/weather'])
    const traffic = (perSecond: number) => ({ perSecond, receivedDrops: 0, lastAtMs: 0 })
    tree.sortBy(
      'rate',
      tree.addUp([
        ['f/a/weather/oslo', traffic(2)],
        ['f/a/weather-old', traffic(5)]
      ])
    )
    expect(shown()).toEqual([
      'va/',
      '   weather-old',
      '  vweather',
      '     oslo',
      '     bergen',
      '  >flights/',
      '>b/'
    ])
    tree.sortBy('name', new Map())
    expect(shown()[1]).toBe('  >flights/')
  })

  test('opens all folders beside one', () => {
    open(['/a'])
    tree.expandSiblings('/a/flights')
    expect(shown().filter((row) => row.includes('v'))).toEqual(['va/', '  vflights/', '  vweather'])
  })

  test('lists the flows below a folder, no more than wanted', () => {
    expect(tree.flowsBelow('/a/weather', 10).map(({ path }) => path)).toEqual([
      '/a/weather',
      '/a/weather/bergen',
      '/a/weather/oslo'
    ])
    expect(tree.flowsBelow('/a', 2).length).toBe(2)
    expect(tree.flowsBelow('/nowhere', 2)).toEqual([])
  })

  test('finds flows for the palette, those whose own name fits first', () => {
    expect(find('weather', 10).map(({ path }) => path)).toEqual([
      '/a/weather',
      '/a/weather-old',
      '/a/weather/bergen',
      '/a/weather/oslo'
    ])
    expect(find('', 2).length).toBe(2)
  })

  test('knows flows by path, folders are none', () => {
    expect([tree.flowByPath('/a/weather')?.id, tree.flowByPath('/a')]).toEqual(['f/a/weather', undefined])
  })
})
