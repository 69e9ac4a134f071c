import { expect, test } from 'vitest'
import { FlowBusy, FlowTurns } from '../../../src/platform/engine/flow-turns.ts'

test('tasks of one flow run one after the other, those of another at once', async () => {
  const turns = new FlowTurns()
  const ran: string[] = []
  const task = (name: string) => async (): Promise<string> => {
    ran.push(`${name} begins`)
    await new Promise((resolve) => setImmediate(resolve))
    ran.push(`${name} ends`)
    return name
  }
  const first = turns.take('f1', task('first'))
  const second = turns.take('f1', task('second'))
  const other = turns.take('f2', task('other'))
  expect([turns.isHeld('f1'), turns.isHeld('f2'), turns.isHeld('f3')]).toEqual([true, true, false])
  expect(await Promise.all([first, second, other])).toEqual(['first', 'second', 'other'])
  expect(ran.slice(0, 2)).toEqual(['first begins', 'other begins'])
  expect(ran.indexOf('second begins')).toBeGreaterThan(ran.indexOf('first ends'))
  expect([turns.isHeld('f1'), turns.isHeld('f2')]).toEqual([false, false])
})

test('a task that fails is heard of by whoever took the turn, and the next one runs', async () => {
  const turns = new FlowTurns()
  const failing = turns.take('f1', () => Promise.reject(new Error('no')))
  const next = turns.take('f1', () => Promise.resolve('next'))
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('next')
  expect(turns.isHeld('f1')).toBe(false)
})

test('too many that wait are refused, and nothing else', async () => {
  const turns = new FlowTurns()
  let free = (): void => undefined
  const held = new Promise<void>((resolve) => {
    free = resolve
  })
  const waiting = Array.from({ length: 64 }, () => turns.take('f1', () => held))
  await expect(turns.take('f1', () => held)).rejects.toThrow(FlowBusy)
  free()
  await Promise.all(waiting)
  expect(turns.isHeld('f1')).toBe(false)
})
