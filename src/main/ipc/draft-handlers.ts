import { MAX_DRAFTS, MAX_DRAFTS_CHARACTERS } from '../../shared/ipc/drafts.ts'
import type { DraftsFile, KeptDraft } from '../../shared/ipc/drafts.ts'
import { success } from '../../shared/result.ts'
import type { Store } from '../settings.ts'
import type { HandlersOf } from './answer-request.ts'

export interface DraftHandlerParts {
  readonly stores: { readonly drafts: Store<DraftsFile> }
  readonly now?: () => number
}

type Key = Pick<KeptDraft, 'connectionId' | 'flowId' | 'dropId'>

const isAt = (key: Key) => (draft: Key) =>
  draft.connectionId === key.connectionId && draft.flowId === key.flowId && draft.dropId === key.dropId

/** Unsaved drops, the latest first; when there are too many, or their texts are too long together, the oldest leave. */
export const draftHandlers = ({
  stores: { drafts },
  now = Date.now
}: DraftHandlerParts): HandlersOf<'listDrafts' | 'readDraft' | 'keepDraft' | 'forgetDraft'> => {
  const all = (): readonly KeptDraft[] => drafts.read()?.drafts ?? []
  const without = (key: Key): KeptDraft[] => {
    const isThis = isAt(key)
    return all().filter((draft) => !isThis(draft))
  }
  return {
    listDrafts: () =>
      success(
        all().map(({ connectionId, flowId, path, dropId, keptAtMs }) => ({
          connectionId,
          flowId,
          path,
          dropId,
          keptAtMs
        }))
      ),
    readDraft: (key) => success(all().find(isAt(key)) ?? null),
    keepDraft: (draft) => {
      drafts.write({ drafts: bounded([{ ...draft, keptAtMs: now() }, ...without(draft)]) })
      return success(null)
    },
    forgetDraft: (key) => {
      if (all().some(isAt(key))) drafts.write({ drafts: without(key) })
      return success(null)
    }
  }
}

function bounded(drafts: readonly KeptDraft[]): KeptDraft[] {
  let characters = 0
  return drafts.slice(0, MAX_DRAFTS).filter(({ text, wholeText }) => {
    characters += text.length + wholeText.length
    return characters <= MAX_DRAFTS_CHARACTERS
  })
}
