import { describe, expect, test } from 'vitest'
import { failure } from '../../../src/shared/failure.ts'
import { failed, success } from '../../../src/shared/result.ts'
import type { Explorer } from '../../../src/renderer/bridge.ts'
import { DropEditor } from '../../../src/renderer/drops/drop-editor.svelte.ts'

const ADDRESS = { connectionId: 'local', flowId: 'f1' }
const TEXT = '{"id":"d1","elems":{"place":{"type":"string","value":"Oslo"}},"version":0}'

/** Main, as far as one drop is concerned: it keeps what was sent, and answers what the test says. */
function makeMain(over: Partial<Explorer> = {}) {
  const sent: string[] = []
  const explorer = {
    readDrop: () => Promise.resolve(success({ text: TEXT })),
    updateDrop: ({ text }: { text: string }) => {
      sent.push(text)
      return Promise.resolve(success({ text: TEXT.replace('Oslo', 'Bergen') }))
    },
    ...over
  } as Explorer
  return { explorer, sent }
}

async function openEditor(explorer: Explorer, stored: string[] = []): Promise<DropEditor> {
  const editor = new DropEditor(explorer, ADDRESS, { kind: 'stored', dropId: 'd1' }, (change, dropId) =>
    stored.push(`${change} ${dropId}`)
  )
  await new Promise((resolve) => setImmediate(resolve))
  return editor
}

describe('the drop panel', () => {
  test('sends only what changed, and then shows what the platform stored', async () => {
    const { explorer, sent } = makeMain()
    const stored: string[] = []
    const editor = await openEditor(explorer, stored)
    expect([editor.isChanged, editor.canSave]).toEqual([false, false])
    editor.text = editor.text.replace('Oslo', 'Bergen')
    expect([editor.isChanged, editor.canSave]).toEqual([true, true])
    await editor.save()
    expect(sent).toEqual(['{"elems":{"place":"Bergen"}}'])
    expect([stored, editor.isChanged]).toEqual([['updated d1'], false])
    expect(editor.text).toContain('Bergen')
  })

  test('keeps what was typed when saving fails, with the reason beside it', async () => {
    const refused = failure('platform/bad-request', { message: 'The filter of the flow rejects this drop.' })
    const { explorer } = makeMain({ updateDrop: () => Promise.resolve(failed(refused)) })
    const editor = await openEditor(explorer)
    const typed = editor.text.replace('Oslo', 'nowhere')
    editor.text = typed
    await editor.save()
    expect([editor.text, editor.saveFailure, editor.canSave]).toEqual([typed, refused, true])
  })

  test('does not send a text that is not JSON', async () => {
    const { explorer, sent } = makeMain()
    const editor = await openEditor(explorer)
    editor.text = '{"elems": '
    await editor.save()
    expect([sent, editor.isChanged, editor.canSave]).toEqual([[], true, false])
  })

  test('discarding gives the stored text back', async () => {
    const { explorer } = makeMain()
    const editor = await openEditor(explorer)
    const before = editor.text
    editor.text = 'something else'
    editor.discard()
    expect([editor.text, editor.isChanged]).toEqual([before, false])
  })

  test('a drop that cannot be read can be asked for again', async () => {
    let isAway = true
    const { explorer } = makeMain({
      readDrop: () =>
        Promise.resolve(isAway ? failed(failure('network/unreachable')) : success({ text: TEXT }))
    })
    const editor = await openEditor(explorer)
    expect(editor.phase.kind).toBe('failed')
    isAway = false
    await editor.read()
    expect([editor.phase.kind, editor.text.includes('Oslo')]).toEqual(['ready', true])
  })
})
