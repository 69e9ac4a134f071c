/**
 * The filter language (LANGUAGE.md): the platform and the window use the same code.
 */
export type { FilterNode, FilterTree, Span } from './ast.ts'
export { EMPTY_FILTER, isSameFilter, walkFilter } from './ast.ts'
export type { CompileOptions, FilterPredicate, FilterSubject } from './compile.ts'
export { compileFilter } from './compile.ts'
export type { Diagnostic, DiagnosticCode, Fix, TextEdit } from './diagnostics.ts'
export { applyFix, columnOf, describeDiagnostic } from './diagnostics.ts'
export { formatFilter } from './format.ts'
export type { SubjectKind } from './member-path.ts'
export type { LanguageEntry } from './operators.ts'
export { LANGUAGE, languageEntry } from './operators.ts'
export type { ParsedFilter } from './parser.ts'
export { parseFilter } from './parser.ts'
export type { ZipTable } from './zip.ts'
export { checkFilter } from './zip.ts'
