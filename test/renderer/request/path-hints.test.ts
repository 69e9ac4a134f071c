import { expect, test } from 'vitest'
import { hintsFor, serviceOfIds } from '../../../src/renderer/request/path-hints.ts'

const ids = [
  { id: 'f1', label: '/ana/attic' },
  { id: 'f2', label: '/ana/Cellar' }
]
const pathsFor = (path: string): string[] => hintsFor(path, ids).map((hint) => hint.path)

test('services are offered until one is whole', () => {
  expect(pathsFor('')).toContain('/flow')
  expect(pathsFor('/t')).toEqual(['/track', '/token'])
  expect(pathsFor('/flow')).toEqual([])
})

test('ids are offered by their beginning and by what a person calls them', () => {
  expect(pathsFor('/drop/')).toEqual(['/drop/f1', '/drop/f2'])
  expect(pathsFor('/drop/cell')).toEqual(['/drop/f2'])
  expect(pathsFor('/drop/f1')).toEqual([])
  expect(pathsFor('/drop/f1/')).toEqual([])
})

test('drops stand below flows, and unknown services have no ids', () => {
  expect(['/drop/', '/track/t', '/statistics/', '/other/x', '/flow'].map(serviceOfIds)).toEqual([
    'flow',
    'track',
    undefined,
    undefined,
    undefined
  ])
})
