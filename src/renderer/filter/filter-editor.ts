import type { Diagnostic } from '../../shared/filter/index.ts'
import type { Monaco } from '../ui/load-monaco.ts'
import { SHARED_LINE_HEIGHT } from './line-height.ts'
import { FILTER_LANGUAGE, ownFilterModel, registerFilterLanguage } from './filter-language.ts'
import type { FilterOwner } from './filter-language.ts'
import { HistoryWalk } from './history-walk.ts'

export interface FilterEditorOptions {
  readonly text: string
  /** The accessible name; `Filter` for the one of a flow. */
  readonly name?: string
  readonly placeholder?: string
  /** Where the cursor stands; undefined leaves the focus where it is. */
  readonly caret: number | undefined
  /** Whether somebody was typing: the list opens for what is there. */
  readonly isTyping: boolean
  readonly hasSuggestions: () => boolean
  readonly owner: FilterOwner
  /** Filters that were run, the last one first. */
  readonly history: () => readonly string[]
  readonly oninput: (text: string) => void
  readonly onrun: () => void
  readonly onleave: () => void
  /** How many lines the text takes. */
  readonly onlines: (lines: number) => void
}

export interface FilterEditor {
  setText(text: string): void
  setDiagnostics(diagnostics: readonly Diagnostic[]): void
  focus(): void
  close(): void
}

/** More lines than this scroll: the drops below must stay in sight. */
const MAX_LINES = 8

/** A line of Monaco that speaks the filter language: Enter runs, Shift+Enter adds a line, Escape leaves. */
export function openFilterEditor(
  monaco: Monaco,
  host: HTMLElement,
  options: FilterEditorOptions
): FilterEditor {
  registerFilterLanguage(monaco)
  const model = monaco.editor.createModel(options.text, FILTER_LANGUAGE)
  const line = monaco.editor.create(host, {
    ...monaco.SHARED_OPTIONS,
    model,
    ariaLabel: options.name ?? 'Filter',
    placeholder: options.placeholder ?? 'Filter drops, such as mag >= 4.5 && place =~ /alaska/i',
    fontSize: 13,
    lineHeight: SHARED_LINE_HEIGHT,
    lineNumbers: 'off',
    glyphMargin: false,
    folding: false,
    lineDecorationsWidth: 0,
    wordWrap: 'on',
    scrollbar: {
      vertical: 'auto',
      horizontal: 'hidden',
      alwaysConsumeMouseWheel: false,
      verticalScrollbarSize: 8
    },
    padding: { top: 0, bottom: 0 },
    tabFocusMode: false,
    acceptSuggestionOnEnter: 'off',
    quickSuggestions: { other: true, strings: true, comments: false },
    quickSuggestionsDelay: 60,
    parameterHints: { enabled: true, cycle: false },
    hover: { above: false, delay: 300 },
    suggest: { showIcons: true, preview: false, filterGraceful: false, showStatusBar: false },
    wordBasedSuggestions: 'off',
    find: { addExtraSpaceOnTop: false }
  })
  // Enter belongs to the filter until the person has walked into the list: then it takes what is chosen there.
  let hasWalked = false
  const withSuggestions = 'suggestWidgetVisible'
  const stop = ownFilterModel(model.uri.toString(), {
    ...options.owner,
    complete: (text, offset) => {
      hasWalked = false
      return options.hasSuggestions() ? options.owner.complete(text, offset) : Promise.resolve([])
    }
  })
  line.onKeyDown(({ keyCode }) => {
    if (keyCode === monaco.KeyCode.DownArrow || keyCode === monaco.KeyCode.UpArrow) hasWalked = true
  })
  const act = (id: string, key: number, precondition: string, run: () => void): void => {
    line.addAction({ id, label: id, keybindings: [key], precondition, run })
  }
  const runFilter = (): void => {
    // Also a list that is still to come.
    suggestControllerOf(line)?.cancelSuggestWidget()
    options.onrun()
  }
  act('filter.run', monaco.KeyCode.Enter, `!${withSuggestions} && !codeActionMenuVisible`, runFilter)
  act('filter.runOrTake', monaco.KeyCode.Enter, withSuggestions, () => {
    if (hasWalked) line.trigger('keyboard', 'acceptSelectedSuggestion', {})
    else runFilter()
  })
  act('filter.addLine', monaco.KeyMod.Shift | monaco.KeyCode.Enter, '', () => {
    line.trigger('keyboard', 'type', { text: '\n' })
  })
  act(
    'filter.leave',
    monaco.KeyCode.Escape,
    `!${withSuggestions} && !codeActionMenuVisible && !findWidgetVisible && !parameterHintsVisible`,
    options.onleave
  )
  // The keys of a one line field: Tab moves on unless there is something to take.
  act(
    'filter.next',
    monaco.KeyCode.Tab,
    `!${withSuggestions} && !codeActionMenuVisible && !inSnippetMode`,
    () => {
      moveFocus(host, 1)
    }
  )
  act(
    'filter.previous',
    monaco.KeyMod.Shift | monaco.KeyCode.Tab,
    `!${withSuggestions} && !codeActionMenuVisible && !inSnippetMode`,
    () => {
      moveFocus(host, -1)
    }
  )
  openHelpBesideList(line)
  const walk = new HistoryWalk(options.history)
  const recall = (text: string | undefined, otherwise: string): void => {
    if (text === undefined) {
      line.trigger('keyboard', otherwise, {})
      return
    }
    model.setValue(text)
    line.setPosition(model.getPositionAt(text.length))
  }
  act('filter.earlier', monaco.KeyCode.UpArrow, `!${withSuggestions} && !codeActionMenuVisible`, () => {
    const isFirstLine = line.getPosition()?.lineNumber === 1
    recall(isFirstLine ? walk.earlier(model.getValue()) : undefined, 'cursorUp')
  })
  act('filter.later', monaco.KeyCode.DownArrow, `!${withSuggestions} && !codeActionMenuVisible`, () => {
    const isLastLine = line.getPosition()?.lineNumber === model.getLineCount()
    recall(isLastLine ? walk.later(model.getValue()) : undefined, 'cursorDown')
  })
  act('filter.format', monaco.KeyMod.Shift | monaco.KeyMod.Alt | monaco.KeyCode.KeyF, '', () => {
    void line.getAction('editor.action.formatDocument')?.run()
  })
  // The window's own keys win over Monaco's palette and its go-to list.
  const measure = (): void => {
    const lines = Math.max(1, Math.round(line.getContentHeight() / SHARED_LINE_HEIGHT))
    options.onlines(Math.min(MAX_LINES, lines))
  }
  line.onDidContentSizeChange(measure)
  model.onDidChangeContent(() => {
    options.oninput(model.getValue())
  })
  measure()
  if (options.caret !== undefined) {
    line.setPosition(model.getPositionAt(options.caret))
    line.focus()
    if (options.isTyping && options.hasSuggestions()) suggestQuietly(line)
  }
  return {
    setText: (text) => {
      if (text !== model.getValue()) model.setValue(text)
    },
    setDiagnostics: (diagnostics) => {
      monaco.editor.setModelMarkers(
        model,
        'filter',
        diagnostics.map((diagnostic) => markerOf(monaco, model, diagnostic))
      )
    },
    focus: () => {
      line.focus()
    },
    close: () => {
      stop()
      line.dispose()
      model.dispose()
    }
  }
}

/** Opens the list as typing does: nothing at all is shown when there is nothing to suggest. */
function suggestQuietly(line: ReturnType<Monaco['editor']['create']>): void {
  suggestControllerOf(line)?.triggerSuggest(undefined, true)
}

const suggestControllerOf = (line: ReturnType<Monaco['editor']['create']>): SuggestController | null =>
  line.getContribution('editor.contrib.suggestController') as SuggestController | null

interface SuggestController {
  triggerSuggest(onlyFrom: undefined, isAuto: boolean): void
  cancelSuggestWidget(): void
  readonly widget: { readonly value: { onDidShow(callback: () => void): unknown } }
}

let isHelpOpen = false

/** The page of help beside the list is open from the first list on; Monaco itself remembers who closed it. */
function openHelpBesideList(line: ReturnType<Monaco['editor']['create']>): void {
  suggestControllerOf(line)?.widget.value.onDidShow(() => {
    if (isHelpOpen) return
    isHelpOpen = true
    line.trigger('help', 'toggleSuggestionDetails', {})
  })
}

type Model = ReturnType<Monaco['editor']['createModel']>

function markerOf(monaco: Monaco, model: Model, { span, message, hint }: Diagnostic) {
  // Something missing has no width: the last character before it carries the mark, blanks left out.
  const isEmpty = span.start === span.end
  const before = model.getValue().slice(0, span.start).trimEnd().length
  const start = model.getPositionAt(isEmpty ? Math.max(0, before - 1) : span.start)
  const end = model.getPositionAt(isEmpty ? Math.max(1, before) : span.end)
  return {
    severity: monaco.MarkerSeverity.Error,
    message: hint === undefined ? message : `${message}. ${hint}`,
    startLineNumber: start.lineNumber,
    startColumn: start.column,
    endLineNumber: end.lineNumber,
    endColumn: end.column
  }
}

/** Focuses the next or previous tab stop outside of `host`. */
function moveFocus(host: HTMLElement, step: 1 | -1): void {
  const stops = [...document.querySelectorAll<HTMLElement>('button, input, textarea, [tabindex]')].filter(
    (element) => element.tabIndex >= 0 && !element.hasAttribute('disabled') && element.offsetParent !== null
  )
  const own = stops.flatMap((element, index) => (host.contains(element) ? [index] : []))
  const from = step === 1 ? (own.at(-1) ?? -1) : (own[0] ?? 0)
  stops[(from + step + stops.length) % stops.length]?.focus()
}
