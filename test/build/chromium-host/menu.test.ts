import { describe, expect, test } from 'vitest'
import { matchesAccelerator } from '../../../build/chromium-host/menu.ts'

const press = (
  key: string,
  modifiers: Partial<Record<'control' | 'meta' | 'alt' | 'shift', boolean>> = {}
) => ({
  key,
  code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key,
  control: false,
  meta: false,
  alt: false,
  shift: false,
  ...modifiers
})

describe('accelerators', () => {
  test.each([
    ['CmdOrCtrl+P', press('p', { control: true })],
    ['CmdOrCtrl+Shift+P', press('P', { control: true, shift: true })],
    ['Ctrl+Tab', press('Tab', { control: true })],
    ['F5', press('F5')],
    ['CmdOrCtrl+,', press(',', { control: true })],
    ['CmdOrCtrl++', press('+', { control: true })],
    ['Alt+Left', press('ArrowLeft', { alt: true })]
  ])('%s is pressed by its keys', (accelerator, pressed) => {
    expect(matchesAccelerator(accelerator, pressed, 'linux')).toBe(true)
  })

  test.each([
    ['CmdOrCtrl+P', press('P', { control: true, shift: true })],
    ['CmdOrCtrl+P', press('p', { meta: true })],
    ['F5', press('F6')]
  ])('%s is not pressed by others', (accelerator, pressed) => {
    expect(matchesAccelerator(accelerator, pressed, 'linux')).toBe(false)
  })

  test('CmdOrCtrl is Cmd on macOS', () => {
    expect(matchesAccelerator('CmdOrCtrl+P', press('p', { meta: true }), 'darwin')).toBe(true)
  })
})
