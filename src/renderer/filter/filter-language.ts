import type { Completion } from '../../shared/filter/index.ts'
import { tokenize } from '../../shared/filter/lexer.ts'
import type { TokenKind } from '../../shared/filter/lexer.ts'
import type { Monaco } from '../ui/load-monaco.ts'

/** The filter language for Monaco: the lexer's own tokens as colours, and completions from whoever owns the text. */
export const FILTER_LANGUAGE = 'flow-filter'

export type Completer = (text: string, offset: number) => Promise<readonly Completion[]>

const completers = new Map<string, Completer>()
let isRegistered = false

/** Names who completes the text of a model; answers how to stop. */
export function completeWith(modelUri: string, completer: Completer): () => void {
  completers.set(modelUri, completer)
  return () => {
    completers.delete(modelUri)
  }
}

export function registerFilterLanguage({ languages, Range }: Monaco): void {
  if (isRegistered) return
  isRegistered = true
  languages.register({ id: FILTER_LANGUAGE })
  languages.setLanguageConfiguration(FILTER_LANGUAGE, {
    brackets: [
      ['(', ')'],
      ['[', ']']
    ],
    autoClosingPairs: [
      { open: '(', close: ')' },
      { open: '[', close: ']' },
      { open: '"', close: '"', notIn: ['string'] }
    ],
    surroundingPairs: [
      { open: '(', close: ')' },
      { open: '"', close: '"' }
    ]
  })
  languages.setTokensProvider(FILTER_LANGUAGE, {
    getInitialState: () => STATELESS,
    tokenize: (line) => ({
      tokens: tokenize(line).tokens.map(({ kind, start }) => ({ startIndex: start, scopes: SCOPES[kind] })),
      endState: STATELESS
    })
  })
  languages.registerCompletionItemProvider(FILTER_LANGUAGE, {
    triggerCharacters: [' ', '.', '(', '['],
    provideCompletionItems: async (model, position) => {
      const complete = completers.get(model.uri.toString())
      if (complete === undefined) return { suggestions: [] }
      const found = await complete(model.getValue(), model.getOffsetAt(position))
      return {
        // The list is made for this very place: Monaco must not narrow an old one down.
        incomplete: true,
        suggestions: found.map((completion, index) => {
          const start = model.getPositionAt(completion.replace.start)
          const end = model.getPositionAt(completion.replace.end)
          return {
            label: { label: completion.label, description: completion.detail },
            kind: kindOf(languages, completion.kind),
            insertText: snippetOf(completion),
            insertTextRules: languages.CompletionItemInsertTextRule.InsertAsSnippet,
            // Monaco keeps only what begins with the typed word; the list is already the right one.
            filterText: model.getValue().slice(completion.replace.start, completion.replace.end),
            sortText: String(index).padStart(4, '0'),
            ...(completion.example === undefined ? {} : { documentation: completion.example }),
            range: new Range(start.lineNumber, start.column, end.lineNumber, end.column)
          }
        })
      }
    }
  })
}

/** Each line is read by itself: no token of the language goes over the end of a line. */
const STATELESS = {
  clone: () => STATELESS,
  equals: () => true
}

const SCOPES: Readonly<Record<TokenKind, string>> = {
  name: 'member.filter',
  keyword: 'keyword.filter',
  number: 'number.filter',
  word: 'text.filter',
  string: 'text.filter',
  regex: 'text.filter',
  sign: 'operator.filter',
  space: '',
  unknown: 'operator.filter',
  end: ''
}

/** As a snippet, with the cursor's place marked; everything else in it stands for itself. */
function snippetOf({ insertText, caret }: Completion): string {
  const escape = (text: string): string => text.replace(/[\\$}]/g, '\\$&')
  return caret === undefined
    ? escape(insertText)
    : `${escape(insertText.slice(0, caret))}$0${escape(insertText.slice(caret))}`
}

function kindOf({ CompletionItemKind }: Monaco['languages'], kind: Completion['kind']): number {
  switch (kind) {
    case 'member':
      return CompletionItemKind.Field
    case 'operator':
    case 'conjunction':
      return CompletionItemKind.Operator
    case 'value':
      return CompletionItemKind.Value
    case 'keyword':
      return CompletionItemKind.Keyword
    case 'function':
      return CompletionItemKind.Function
    case 'unit':
      return CompletionItemKind.Unit
    case 'type':
      return CompletionItemKind.TypeParameter
    case 'recent':
      return CompletionItemKind.Event
  }
}
