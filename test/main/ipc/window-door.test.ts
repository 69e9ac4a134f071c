import { describe, expect, test, vi } from 'vitest'
import { createWindowDoor } from '../../../src/main/ipc/window-door.ts'

// The one thing that is faked: Electron itself.
vi.mock('electron', () => ({ MessageChannelMain: undefined }))

const PAGE = 'app://flowscope/index.html'

function setUp() {
  const mainFrame = { url: PAGE }
  const sent: unknown[] = []
  const contents = { mainFrame, send: (...message: unknown[]) => sent.push(message) }
  let window: unknown = { webContents: contents }
  const door = createWindowDoor(
    () => window as never,
    (url) => url.startsWith('app://flowscope/')
  )
  return { door, contents, mainFrame, sent, closeWindow: () => (window = undefined) }
}

describe('a request is ours', () => {
  const judge = (
    change: (parts: ReturnType<typeof setUp>) => { sender: unknown; senderFrame: unknown }
  ): boolean => {
    const parts = setUp()
    return parts.door.isOurs(change(parts) as never)
  }

  test('from the main frame of the window that shows our page, and from nowhere else', () => {
    expect({
      ours: judge(({ contents, mainFrame }) => ({ sender: contents, senderFrame: mainFrame })),
      anotherWindow: judge(({ mainFrame }) => ({ sender: { mainFrame }, senderFrame: mainFrame })),
      frameInside: judge(({ contents }) => ({ sender: contents, senderFrame: { url: PAGE } })),
      frameGone: judge(({ contents }) => ({ sender: contents, senderFrame: null })),
      otherPage: judge(({ contents, mainFrame }) => {
        mainFrame.url = 'https://example.org/'
        return { sender: contents, senderFrame: mainFrame }
      }),
      noWindow: judge(({ contents, mainFrame, closeWindow }) => {
        closeWindow()
        return { sender: contents, senderFrame: mainFrame }
      })
    }).toEqual({
      ours: true,
      anotherWindow: false,
      frameInside: false,
      frameGone: false,
      otherPage: false,
      noWindow: false
    })
  })
})

test('events go to the window by their channel, and to nobody when there is none', () => {
  const { door, sent, closeWindow } = setUp()
  door.sendEvent('commandChosen', { commandId: 'goToFlow' })
  closeWindow()
  door.sendEvent('commandChosen', { commandId: 'goToFlow' })
  expect(sent).toEqual([['event:commandChosen', { commandId: 'goToFlow' }]])
  expect(door.openPort({ kind: 'flowscope/port', use: 'live' })).toBeUndefined()
})
