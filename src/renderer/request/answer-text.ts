import { parseJson, writeJson } from '../../shared/wire/json.ts'

/** The text of an answer as it is shown. */
export interface AnswerText {
  readonly text: string
  readonly isJson: boolean
}

/** JSON with one member a line, all digits kept; anything else, and a text that was cut, as it came. */
export function prettyAnswer(text: string): AnswerText {
  try {
    return { text: writeJson(parseJson(text), 2), isJson: true }
  } catch {
    return { text, isJson: false }
  }
}

/** `200 OK`: a status with the word that HTTP has for it, where there is one. */
export const describeHttpStatus = (status: number): string =>
  STATUS_WORDS[status] === undefined ? String(status) : `${String(status)} ${STATUS_WORDS[status]}`

const STATUS_WORDS: Readonly<Record<number, string | undefined>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  411: 'Length Required',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout'
}
