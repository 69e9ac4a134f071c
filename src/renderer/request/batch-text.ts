import { MAX_BATCH_REQUESTS } from '../../shared/model/platform-request.ts'
import type { PlatformRequest } from '../../shared/model/platform-request.ts'
import { readDraft, readQuery, makeRow, writeQuery } from './request-draft.ts'

/**
 * A batch as text, so that many requests can be pasted and mended with the keys of an editor: one request a line, as
 * `METHOD /path?query {"body": …}`. Empty lines and lines that begin with # say nothing.
 */
export interface ReadBatch {
  readonly requests: readonly PlatformRequest[]
  readonly problems: readonly BatchProblem[]
}

export interface BatchProblem {
  /** From 1; 0 for the whole text. */
  readonly line: number
  readonly message: string
}

const LINE = /^\s*([A-Za-z-]+)\s+(\S+)(?:\s+(.*\S))?\s*$/

export function readBatch(text: string): ReadBatch {
  const requests: PlatformRequest[] = []
  const problems: BatchProblem[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#.*)?$/.test(line)) continue
    const read = readLine(line)
    if (typeof read === 'string') problems.push({ line: index + 1, message: read })
    else requests.push(read)
  }
  if (requests.length > MAX_BATCH_REQUESTS)
    problems.push({
      line: 0,
      message: `A batch has at most ${String(MAX_BATCH_REQUESTS)} requests; these are ${String(requests.length)}.`
    })
  return { requests, problems }
}

/** The request of a line, or what is wrong with it. */
function readLine(line: string): PlatformRequest | string {
  const parts = LINE.exec(line)
  if (parts === null) return 'A line is a method, a path and, if there is one, a body: GET /flow?limit=1'
  const [, method = '', target = '', body = ''] = parts
  const question = target.indexOf('?')
  const path = question < 0 ? target : target.slice(0, question)
  const rows =
    question < 0 ? [] : readQuery(target.slice(question)).map(({ name, value }) => makeRow(name, value))
  const read = readDraft({ method, path, rows, body })
  if (!read.ok) return read.problem.message
  return body !== '' && !isJson(body) ? 'What follows the path is not JSON.' : read.request
}

/** A request as a line. A body of several lines becomes one. */
export function writeBatchLine({ method, path, parameters, body }: PlatformRequest): string {
  const flat = body.replace(/\s*\n\s*/g, ' ').trim()
  return `${method} ${path === '' ? '/' : path}${writeQuery(parameters)}${flat === '' ? '' : ` ${flat}`}`
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
