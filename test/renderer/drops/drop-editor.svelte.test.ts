import { describe, expect, test } from 'vitest'
import { failure } from '../../../src/shared/failure.ts'
import { failed, success } from '../../../src/shared/result.ts'
import type { Explorer } from '../../../src/renderer/bridge.ts'
import { DropEditor } from '../../../src/renderer/drops/drop-editor.svelte.ts'
import type { DropTarget } from '../../../src/renderer/drops/drop-editor.svelte.ts'
import type { KeptDraft } from '../../../src/shared/ipc/drafts.ts'

const ADDRESS = { connectionId: 'local', flowId: 'f1', path: '/local/f' }
const TEXT = '{"id":"d1","elems":{"place":{"type":"string","value":"Oslo"},"mag":5},"fhash":"h","version":0}'

/** Main, as far as one drop is concerned: it keeps what was sent, and answers what the test says. */
function makeMain(over: Partial<Explorer> = {}) {
  const sent: string[] = []
  const take = ({ text, element }: { text: string; element?: string }) => {
    sent.push(element === undefined ? text : `${element}: ${text}`)
    return Promise.resolve(success({ text: TEXT.replace('Oslo', 'Bergen') }))
  }
  const explorer = {
    readDrop: () => Promise.resolve(success({ text: TEXT })),
    createDrop: take,
    updateDrop: take,
    updateDropElement: take,
    deleteDrop: () => Promise.resolve(success(null)),
    ...over
  } as unknown as Explorer
  return { explorer, sent }
}

interface Kept {
  readonly stored: string[]
  /** The drafts that are kept, by the drop's id. */
  readonly drafts: Map<string, string>
  readonly whyReadOnly?: string
}

const makeKept = (): Kept => ({ stored: [], drafts: new Map() })

async function openEditor(
  explorer: Explorer,
  kept: Kept = makeKept(),
  target: DropTarget = { kind: 'stored', dropId: 'd1' },
  draft?: KeptDraft
): Promise<DropEditor> {
  const editor = new DropEditor(
    {
      explorer,
      drafts: {
        keep: ({ dropId, text }) => void kept.drafts.set(dropId, text),
        forget: ({ dropId }) => void kept.drafts.delete(dropId)
      },
      stored: ({ kind, dropId }) => void kept.stored.push(`${kind} ${dropId}`),
      whyReadOnly: () => kept.whyReadOnly
    },
    ADDRESS,
    target,
    draft
  )
  await new Promise((resolve) => setImmediate(resolve))
  return editor
}

describe('the drop panel', () => {
  test('sends only what changed, and then shows what the platform stored', async () => {
    const { explorer, sent } = makeMain()
    const kept = makeKept()
    const editor = await openEditor(explorer, kept)
    expect([editor.isChanged, editor.canSave]).toEqual([false, false])
    editor.text = editor.text.replace('Oslo', 'Bergen')
    expect([editor.isChanged, editor.canSave]).toEqual([true, true])
    await editor.save()
    expect(sent).toEqual(['place: "Bergen"'])
    expect([kept.stored, editor.isChanged]).toEqual([['updated d1'], false])
    expect(editor.text).toContain('Bergen')
  })

  test('keeps what was typed when saving fails, with the reason beside it', async () => {
    const refused = failure('platform/bad-request', { message: 'The filter of the flow rejects this drop.' })
    const { explorer } = makeMain({ updateDropElement: () => Promise.resolve(failed(refused)) })
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
    expect([editor.phase.kind, editor.isChanged]).toEqual(['failed', false])
    isAway = false
    await editor.read()
    expect([editor.phase.kind, editor.text.includes('Oslo')]).toEqual(['ready', true])
  })
})

describe('a drop that somebody else changed', () => {
  const THEIRS = TEXT.replace('"mag":5', '"mag":6').replace('"version":0', '"version":1')

  async function openConflict(edit: (text: string) => string) {
    let stored = TEXT
    const main = makeMain({ readDrop: () => Promise.resolve(success({ text: stored })) })
    const editor = await openEditor(main.explorer)
    editor.text = edit(editor.text)
    stored = THEIRS
    await editor.save()
    return { ...main, editor }
  }

  test('is not overwritten: nothing is sent, and both versions are there', async () => {
    const { editor, sent } = await openConflict((text) => text.replace('"mag": 5', '"mag": 7'))
    expect(sent).toEqual([])
    expect(editor.conflict?.rows).toEqual([
      { member: 'elems.mag', before: '5', mine: '7', theirs: '6', isClash: true }
    ])
    expect(editor.text).toContain('"mag": 7')
  })

  test('is saved as it was chosen, member by member', async () => {
    const { editor, sent } = await openConflict((text) =>
      text.replace('Oslo', 'Bergen').replace('"mag": 5', '"mag": 7')
    )
    expect(editor.conflict?.rows.map(({ member, isClash }) => [member, isClash])).toEqual([
      ['elems.place', false],
      ['elems.mag', true]
    ])
    const main = editor.resolve(({ member }) => (member === 'elems.place' ? 'mine' : 'theirs'))
    await main
    // Only my member differs from what is stored: theirs stays.
    expect(sent).toEqual(['place: "Bergen"'])
    expect(editor.conflict).toBeUndefined()
  })

  test('is left as it is when all of theirs is taken', async () => {
    const { editor, sent } = await openConflict((text) => text.replace('"mag": 5', '"mag": 7'))
    await editor.resolve(() => 'theirs')
    expect([sent, editor.isChanged]).toEqual([[], false])
    expect(editor.text).toContain('"mag": 6')
  })
})

describe('what is typed and not saved', () => {
  test('is a draft until it is saved or taken back', async () => {
    const kept = makeKept()
    const editor = await openEditor(makeMain().explorer, kept)
    const before = editor.text
    editor.text = before.replace('Oslo', 'Berg')
    expect(kept.drafts.get('d1')).toBe(editor.text)
    editor.text = before
    expect(kept.drafts.size).toBe(0)
    editor.text = before.replace('Oslo', 'Bergen')
    await editor.save()
    expect(kept.drafts.size).toBe(0)
  })

  test('goes on where it stood in an earlier run, and still sees what was changed since', async () => {
    const changed = TEXT.replace('"mag":5', '"mag":6')
    const { explorer, sent } = makeMain({ readDrop: () => Promise.resolve(success({ text: changed })) })
    const text = '{"elems":{"place":"Oslo","mag":8},"fhash":"h"}'
    const draft = { ...ADDRESS, dropId: 'd1', wholeText: TEXT, text, keptAtMs: 0 }
    const editor = await openEditor(explorer, makeKept(), { kind: 'stored', dropId: 'd1' }, draft)
    expect([editor.text, editor.isChanged]).toEqual([text, true])
    await editor.save()
    expect([sent, editor.conflict?.rows[0]?.isClash]).toEqual([[], true])
  })
})

describe('a drop that was deleted meanwhile', () => {
  test('keeps its text, and can be made again of it', async () => {
    let isGone = false
    const { explorer, sent } = makeMain({
      readDrop: () =>
        Promise.resolve(isGone ? failed(failure('platform/not-found')) : success({ text: TEXT }))
    })
    const kept = makeKept()
    const editor = await openEditor(explorer, kept)
    const typed = editor.text.replace('Oslo', 'Bergen')
    editor.text = typed
    isGone = true
    await editor.save()
    expect([editor.isGone, editor.text, sent]).toEqual([true, typed, []])
    await editor.createAgain()
    expect([sent, kept.stored, kept.drafts.size]).toEqual([[typed], ['created d1'], 0])
  })
})

test('a duplicate starts without the fhash, which a flow takes once', async () => {
  const editor = await openEditor(makeMain().explorer)
  expect(JSON.parse(editor.duplicateText)).toEqual({ elems: { place: 'Oslo', mag: 5 } })
})

test('on a read-only connection nothing can be saved', async () => {
  const { explorer, sent } = makeMain()
  const editor = await openEditor(explorer, { ...makeKept(), whyReadOnly: 'It is read-only.' })
  editor.text = editor.text.replace('Oslo', 'Bergen')
  await editor.save()
  expect([editor.canSave, sent]).toEqual([false, []])
})
