import {
  MAX_METHOD_CHARACTERS,
  MAX_REQUEST_PARAMETERS,
  MAX_REQUEST_PATH_CHARACTERS
} from '../../shared/model/platform-request.ts'
import type { PlatformRequest } from '../../shared/model/platform-request.ts'
import { hasMask } from '../../shared/secret-text.ts'

/** What stands in the fields of the request console. */
export interface RequestDraft {
  readonly method: string
  readonly path: string
  readonly rows: readonly ParameterRow[]
  readonly body: string
}

/** A parameter; one that is switched off stays for later. */
export interface ParameterRow {
  /** Of this window alone. */
  readonly id: string
  readonly name: string
  readonly value: string
  readonly isOn: boolean
}

export const makeRow = (name = '', value = '', isOn = true): ParameterRow => ({
  id: crypto.randomUUID(),
  name,
  value,
  isOn
})

export const FIRST_DRAFT: RequestDraft = {
  method: 'GET',
  path: '/flow',
  rows: [{ id: 'first', name: 'limit', value: '20', isOn: true }],
  body: ''
}

export const draftOf = ({ method, path, parameters, body }: PlatformRequest): RequestDraft => ({
  method,
  path,
  rows: parameters.map(({ name, value }) => makeRow(name, value)),
  body
})

/** Why a draft cannot be sent, at the field where it is to be mended. */
export interface DraftProblem {
  readonly field: 'method' | 'path' | 'parameters' | 'body'
  readonly message: string
}

export type ReadDraft =
  | { readonly ok: true; readonly request: PlatformRequest }
  | { readonly ok: false; readonly problem: DraftProblem }

/** The request that a draft says. Rows without a name are left out when they have no value either. */
export function readDraft({ method, path, rows, body }: RequestDraft): ReadDraft {
  const bad = (field: DraftProblem['field'], message: string): ReadDraft => ({
    ok: false,
    problem: { field, message }
  })
  const verb = method.trim().toUpperCase()
  if (verb === '') return bad('method', 'A request needs a method, such as GET.')
  if (!/^[A-Z][A-Z-]*$/.test(verb) || verb.length > MAX_METHOD_CHARACTERS)
    return bad('method', 'A method is one word of letters, such as GET or MPUT.')
  const target = path.trim()
  if (target !== '' && !target.startsWith('/')) return bad('path', 'The path starts with a slash: /flow.')
  if (/\s/.test(target)) return bad('path', 'A path has no spaces: write %20 for one.')
  if (/[?#]/.test(target)) return bad('path', 'Give what follows the question mark as parameters, one a row.')
  if (target.length > MAX_REQUEST_PATH_CHARACTERS)
    return bad('path', `The path is longer than ${String(MAX_REQUEST_PATH_CHARACTERS)} characters.`)
  const used = rows.filter(({ isOn, name, value }) => isOn && (name !== '' || value !== ''))
  if (used.some(({ name }) => name.trim() === '')) return bad('parameters', 'A parameter needs a name.')
  if (used.length > MAX_REQUEST_PARAMETERS)
    return bad('parameters', `At most ${String(MAX_REQUEST_PARAMETERS)} parameters can be sent.`)
  if (hasMask(body) || used.some(({ value }) => hasMask(value)))
    return bad('body', 'A secret in this request was not kept: put it where the dots are, then send.')
  const parameters = used.map(({ name, value }) => ({ name: name.trim(), value }))
  return {
    ok: true,
    request: { method: verb, path: target, parameters, body: body.trim() === '' ? '' : body }
  }
}

/** The parameters of a query string, with or without its question mark. */
export const readQuery = (query: string): readonly { name: string; value: string }[] =>
  [...new URLSearchParams(query.replace(/^\?/, ''))].map(([name, value]) => ({ name, value }))

/**
 * What a pasted or typed path says: a path with a query, or a whole address of a platform, whose version and account are
 * cut away. A path without any of these answers itself.
 */
export function splitPath(text: string): {
  path: string
  parameters: readonly { name: string; value: string }[]
} {
  const address = /^https?:\/\/[^/]+(\/.*)$/i.exec(text.trim())?.[1]
  const whole = address === undefined ? text : address.replace(/^\/v[\d.]+\/[^/?#]+/, '')
  const question = whole.indexOf('?')
  if (question < 0) return { path: whole, parameters: [] }
  return { path: whole.slice(0, question), parameters: readQuery(whole.slice(question).replace(/#.*$/, '')) }
}

/** The query of a request as it is shown and sent, with its question mark; empty without parameters. */
export const writeQuery = (parameters: PlatformRequest['parameters']): string =>
  parameters.length === 0
    ? ''
    : `?${parameters.map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`
