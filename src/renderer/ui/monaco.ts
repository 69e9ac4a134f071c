import { editor, KeyCode, KeyMod, languages, MarkerSeverity, Range, Uri } from 'monaco-editor/editor'
import 'monaco-editor/features/register.all'
import { jsonDefaults } from 'monaco-editor/languages/features/json/register'
import EditorWorker from 'monaco-editor/editor/editor.worker?worker'
import JsonWorker from 'monaco-editor/language/json/json.worker?worker'

/**
 * The one file that loads Monaco, and only one of its languages: the bare package brings them all. It is
 * itself loaded on demand (`load-monaco.ts`), after the first drops are on the screen.
 */
export { editor, KeyCode, KeyMod, languages, MarkerSeverity, Range, Uri }

Object.assign(self, {
  MonacoEnvironment: {
    getWorker: (_moduleId: string, label: string) =>
      label === 'json' ? new JsonWorker() : new EditorWorker()
  }
})

/** A JSON schema, and the texts that it judges and completes: those whose names begin with `name`. */
export interface TextSchema {
  readonly name: string
  readonly schema: object
}

const known = new Map<string, object>()
let lastText = 0

/** A name for another text that a schema judges. */
export function nameText({ name, schema }: TextSchema): Uri {
  if (known.get(name) !== schema) {
    known.set(name, schema)
    jsonDefaults.setDiagnosticsOptions({
      validate: true,
      allowComments: false,
      enableSchemaRequest: false,
      schemaValidation: 'warning',
      schemas: [...known].map(([each, itsSchema]) => ({
        uri: `flowscope://schema/${each}.json`,
        fileMatch: [`${each}-*.json`],
        schema: itsSchema
      }))
    })
  }
  lastText += 1
  return Uri.parse(`inmemory://text/${name}-${String(lastText)}.json`)
}

/** What every editor of the window has in common: the rhythm of the tables around it. */
export const SHARED_OPTIONS: editor.IStandaloneEditorConstructionOptions = {
  // A text area is understood by every screen reader and input method that Chromium knows.
  editContext: false,
  accessibilitySupport: 'auto',
  automaticLayout: true,
  fontFamily: "'JetBrains Mono Variable', ui-monospace, monospace",
  fontSize: 12,
  fontLigatures: false,
  fixedOverflowWidgets: true,
  contextmenu: true,
  minimap: { enabled: false },
  overviewRulerLanes: 0,
  hideCursorInOverviewRuler: true,
  scrollBeyondLastLine: false,
  renderLineHighlight: 'none',
  occurrencesHighlight: 'off',
  links: false,
  unicodeHighlight: { ambiguousCharacters: false },
  stickyScroll: { enabled: false },
  tabSize: 2,
  // A closing sign that was put there by itself is typed over; quotes are left to the person, who knows where a text ends.
  autoClosingQuotes: 'never',
  autoClosingOvertype: 'always',
  lightbulb: { enabled: editor.ShowLightbulbIconMode.Off }
}

/** The themes are made from the tokens that stand on the root element, so that an editor never differs from the rest. */
export function applyTheme(theme: 'dark' | 'light'): void {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string): string => sixDigits(style.getPropertyValue(`--${name}`).trim())
  const word = (name: string): string => token(name).replace('#', '')
  editor.defineTheme('flowscope', {
    base: theme === 'dark' ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      { token: 'member.filter', foreground: word('syntax-member') },
      { token: 'keyword.filter', foreground: word('syntax-keyword') },
      { token: 'operator.filter', foreground: word('syntax-operator') },
      { token: 'number.filter', foreground: word('syntax-number') },
      { token: 'text.filter', foreground: word('syntax-text') },
      { token: 'string.key.json', foreground: word('syntax-member') },
      { token: 'string.value.json', foreground: word('syntax-text') },
      { token: 'number.json', foreground: word('syntax-number') },
      { token: 'keyword.json', foreground: word('syntax-keyword') },
      { token: 'delimiter', foreground: word('syntax-operator') }
    ],
    colors: {
      'editor.background': token('panel'),
      'editor.foreground': token('text'),
      'editorLineNumber.foreground': token('faint'),
      'editorLineNumber.activeForeground': token('muted'),
      'editorCursor.foreground': token('text'),
      'editor.selectionBackground': token('accent') + '55',
      'editorWidget.background': token('raised'),
      'editorWidget.border': token('border-strong'),
      'editorSuggestWidget.background': token('raised'),
      'editorSuggestWidget.border': token('border-strong'),
      'editorSuggestWidget.foreground': token('text'),
      'editorSuggestWidget.selectedBackground': token('selected'),
      'editorSuggestWidget.selectedForeground': token('text'),
      'editorSuggestWidget.highlightForeground': token('accent'),
      'editorSuggestWidget.focusHighlightForeground': token('accent'),
      'editorHoverWidget.background': token('raised'),
      'editorHoverWidget.border': token('border-strong'),
      'editorError.foreground': token('error'),
      'editorWarning.foreground': token('warn'),
      'editorBracketMatch.background': token('selected'),
      'editorBracketMatch.border': token('border-strong'),
      'editorBracketHighlight.foreground1': token('syntax-operator'),
      'editorBracketHighlight.foreground2': token('syntax-operator'),
      'editorBracketHighlight.foreground3': token('syntax-operator'),
      'scrollbarSlider.background': token('border-strong') + '99',
      // Faint enough that the colours of the text keep their contrast.
      'diffEditor.insertedTextBackground': token('ok') + '18',
      'diffEditor.insertedLineBackground': token('ok') + '0c',
      'diffEditor.removedTextBackground': token('error') + '18',
      'diffEditor.removedLineBackground': token('error') + '0c',
      focusBorder: token('focus')
    }
  })
  editor.setTheme('flowscope')
}

/** Monaco reads only `#rrggbb`; a style sheet may be minified to `#rgb`. */
const sixDigits = (colour: string): string =>
  colour.replace(/^#([0-9a-f])([0-9a-f])([0-9a-f])$/i, '#$1$1$2$2$3$3')
