import type { Page } from '@playwright/test'
import { expect, test } from 'vitest'
import { closeHostApp, launchHostApp } from '../support/host-app.ts'

/** A page that puts traps in place of whatever the preload's code could use, then asks the preload for something. */
const tamper = (page: Page) =>
  page.evaluate(async () => {
    const caught: string[] = []
    const trap = (name: string) =>
      function trapped() {
        caught.push(name)
        throw new Error(`${name} was replaced`)
      }
    const targets: readonly (readonly [object, string])[] = [
      [JSON, 'stringify'],
      [JSON, 'parse'],
      [EventTarget.prototype, 'dispatchEvent'],
      [window, 'CustomEvent']
    ]
    const originals = targets.map(([object, name]) => Reflect.get(object, name) as unknown)
    for (const [object, name] of targets) Reflect.set(object, name, trap(name))
    // In a shared world the trap makes the very call throw.
    const answer = await (async () => host.echo('untouched'))().catch(String)
    // The test tool works in this world too.
    targets.forEach(([object, name], index) => Reflect.set(object, name, originals[index]))
    // Nothing that the preload holds is within reach of the page.
    const reachable = ['ipcRenderer', 'require', 'process', 'module'].filter((name) => name in globalThis)
    return { answer, caught, reachable }
  })

const UNTOUCHED = { answer: 'untouched', caught: [], reachable: [] }

test('a page cannot tamper with the world of the preload', async () => {
  const running = await launchHostApp()
  try {
    expect(await tamper(running.page)).toEqual(UNTOUCHED)
  } finally {
    await closeHostApp(running)
  }
})

test('the test above fails when the two share a world: it can tell the difference', async () => {
  const running = await launchHostApp({ FLOWSCOPE_HOST_TEST_SHARED_WORLD: '1' })
  try {
    const outcome = await tamper(running.page)
    expect(outcome).not.toEqual(UNTOUCHED)
    expect(outcome.caught).toContain('stringify')
  } finally {
    await closeHostApp(running)
  }
})
