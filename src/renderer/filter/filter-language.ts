import { formatFilter, parseFilter } from '../../shared/filter/index.ts'
import type { Completion, Diagnostic } from '../../shared/filter/index.ts'
import { tokenize } from '../../shared/filter/lexer.ts'
import type { TokenKind } from '../../shared/filter/lexer.ts'
import type { Monaco } from '../ui/load-monaco.ts'
import { signatureAt } from './signature.ts'
import { languageHelp, VALUES_LANGUAGE } from './word-help.ts'
import type { HelpedCompletion } from './word-help.ts'

/** The filter language for Monaco: the lexer's own tokens as colours, and completions, help and fixes from whoever owns the text. */
export const FILTER_LANGUAGE = 'flow-filter'

/** Whoever knows the drops behind the text of a model. */
export interface FilterOwner {
  complete(text: string, offset: number): Promise<readonly HelpedCompletion[]>
  /** What the drops have under a name, as Markdown; null when they have nothing. */
  describeMember(name: string): Promise<string | null>
}

const owners = new Map<string, FilterOwner>()
let isRegistered = false

/** Names who owns the text of a model; answers how to stop. */
export function ownFilterModel(modelUri: string, owner: FilterOwner): () => void {
  owners.set(modelUri, owner)
  return () => {
    owners.delete(modelUri)
  }
}

export function registerFilterLanguage(monaco: Monaco): void {
  const { languages, Range } = monaco
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
  languages.register({ id: VALUES_LANGUAGE })
  languages.setTokensProvider(VALUES_LANGUAGE, {
    getInitialState: () => STATELESS,
    tokenize: (line) => ({
      tokens: [...line.matchAll(/[\u2580-\u259f]+|[^\u2580-\u259f]+/g)].map(({ 0: piece, index }) => ({
        startIndex: index,
        scopes: piece >= '\u2580' && piece < '\u25a0' ? SCOPES.name : ''
      })),
      endState: STATELESS
    })
  })
  languages.registerCompletionItemProvider(FILTER_LANGUAGE, {
    triggerCharacters: [' ', '.', '(', '[', '"'],
    provideCompletionItems: async (model, position) => {
      const owner = owners.get(model.uri.toString())
      if (owner === undefined) return { suggestions: [] }
      const found = await owner.complete(model.getValue(), model.getOffsetAt(position))
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
            documentation: { value: completion.help },
            ...(goesOn(completion) ? { command: SUGGEST_NEXT } : {}),
            range: new Range(start.lineNumber, start.column, end.lineNumber, end.column)
          }
        })
      }
    }
  })
  registerHelp(monaco)
  registerRepairs(monaco)
}

type Model = ReturnType<Monaco['editor']['createModel']>

const rangeOf = ({ Range }: Monaco, model: Model, { start, end }: { start: number; end: number }) => {
  const [from, to] = [model.getPositionAt(start), model.getPositionAt(end)]
  return new Range(from.lineNumber, from.column, to.lineNumber, to.column)
}

/** Hover and signatures. */
function registerHelp(monaco: Monaco): void {
  const { languages } = monaco
  languages.registerHoverProvider(FILTER_LANGUAGE, {
    provideHover: async (model, position) => {
      const offset = model.getOffsetAt(position)
      const token = tokenize(model.getValue()).tokens.find(
        ({ start, end }) => start <= offset && offset < end
      )
      if (token === undefined) return null
      const name = model.getValue().slice(token.start, token.end)
      const isMember = token.kind === 'name'
      const help =
        languageHelp(name) ??
        (isMember ? await owners.get(model.uri.toString())?.describeMember(name) : undefined)
      return help === undefined || help === null
        ? null
        : { range: rangeOf(monaco, model, token), contents: [{ value: help }] }
    }
  })
  languages.registerSignatureHelpProvider(FILTER_LANGUAGE, {
    signatureHelpTriggerCharacters: [' ', '[', '(', ','],
    signatureHelpRetriggerCharacters: [' ', ']', ')'],
    provideSignatureHelp: (model, position) => {
      const signature = signatureAt(model.getValue(), model.getOffsetAt(position))
      if (signature === undefined) return null
      const { label, summary, part } = signature
      return {
        value: {
          signatures: [
            { label, documentation: summary, parameters: [{ label: [part[0], part[1]] }], activeParameter: 0 }
          ],
          activeSignature: 0,
          activeParameter: 0
        },
        dispose: () => {}
      }
    }
  })
}

/** Fixes of mistakes (Ctrl+.), and the canonical text (Shift+Alt+F). */
function registerRepairs(monaco: Monaco): void {
  const { languages } = monaco
  languages.registerCodeActionProvider(FILTER_LANGUAGE, {
    provideCodeActions: (model, _range, context) => {
      // The whole line is offered: whoever asks for a repair need not stand on the mistake.
      const actions = parseFilter(model.getValue()).diagnostics.flatMap(({ fix }: Diagnostic) =>
        fix === undefined
          ? []
          : {
              title: fix.title,
              kind: 'quickfix',
              isPreferred: true,
              diagnostics: [...context.markers],
              edit: {
                edits: fix.edits.map(({ span, newText }) => ({
                  resource: model.uri,
                  versionId: model.getVersionId(),
                  textEdit: { range: rangeOf(monaco, model, span), text: newText }
                }))
              }
            }
      )
      return { actions, dispose: () => {} }
    }
  })
  languages.registerDocumentFormattingEditProvider(FILTER_LANGUAGE, {
    displayName: 'The canonical text of a filter',
    provideDocumentFormattingEdits: (model) => {
      const { tree } = parseFilter(model.getValue())
      return tree.hasErrors ? [] : [{ range: model.getFullModelRange(), text: formatFilter(tree) }]
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

/** Whether something has to follow an entry: the list opens again for it. */
const goesOn = ({ insertText, caret }: Completion): boolean => insertText.endsWith(' ') || caret !== undefined

const SUGGEST_NEXT = { id: 'editor.action.triggerSuggest', title: 'Suggest what follows' }

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
