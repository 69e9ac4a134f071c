import type { PlatformRequest } from '../../shared/model/platform-request.ts'
import { writeQuery } from './request-draft.ts'

/** Where a request goes to, for texts that repeat it elsewhere. */
export interface RequestAddress {
  readonly host: string
  readonly isSecure: boolean
  readonly version: string
  readonly account: string
  /** Sent with every request, unless the request has one of the same name. */
  readonly parameters: PlatformRequest['parameters']
}

/** The variable that stands for the token: the token itself is never in a text that leaves the app. */
const TOKEN_VARIABLE = 'FLOWTHINGS_TOKEN'

export const CODE_LANGUAGES = ['curl', 'Python', 'TypeScript'] as const
export type CodeLanguage = (typeof CODE_LANGUAGES)[number]

/** The request as a command line or as a call of a client library. */
export function writeCode(language: CodeLanguage, written: PlatformRequest, address: RequestAddress): string {
  const own = new Set(written.parameters.map(({ name }) => name))
  const parameters = [...address.parameters.filter(({ name }) => !own.has(name)), ...written.parameters]
  const request = { ...written, parameters }
  switch (language) {
    case 'curl':
      return writeCurl(request, address)
    case 'Python':
      return writePython(request, address)
    case 'TypeScript':
      return writeTypeScript(request, address)
  }
}

function writeCurl({ method, path, parameters, body }: PlatformRequest, address: RequestAddress): string {
  const { host, isSecure, version, account } = address
  const url = `${isSecure ? 'https' : 'http'}://${host}/v${version}/${encodeURIComponent(account)}${path}`
  return [
    `curl -X ${method} ${shellText(url + writeQuery(parameters))}`,
    `  -H ${shellText(`X-Auth-Account: ${account}`)}`,
    // Double quotes: the shell puts the variable's value in.
    `  -H "X-Auth-Token: $${TOKEN_VARIABLE}"`,
    ...(body === '' ? [] : [`  -H 'Content-Type: application/json'`, `  --data-raw ${shellText(body)}`])
  ].join(' \\\n')
}

/** A text as one word of a POSIX shell: nothing in single quotes means anything but the next single quote. */
const shellText = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

function writePython({ method, path, parameters, body }: PlatformRequest, address: RequestAddress): string {
  const { host, isSecure, version, account } = address
  const params = parameters.map(({ name, value }) => `${pythonText(name)}: ${pythonText(value)}`).join(', ')
  return [
    'import json',
    'import os',
    'from flowthings import API, Token',
    '',
    `creds = Token(${pythonText(account)}, os.environ[${pythonText(TOKEN_VARIABLE)}])`,
    `api = API(creds, host=${pythonText(host)}, secure=${isSecure ? 'True' : 'False'}, version=${pythonText(version)})`,
    `api.request(${[
      pythonText(method),
      pythonText(path),
      ...(body === '' ? [] : [`data=json.loads(${pythonText(body)})`]),
      ...(params === '' ? [] : [`params={${params}}`])
    ].join(', ')})`
  ].join('\n')
}

/** A JSON string is a Python string as well: both know \", \\, \n and \uXXXX. */
const pythonText = (text: string): string => JSON.stringify(text)

function writeTypeScript(
  { method, path, parameters, body }: PlatformRequest,
  address: RequestAddress
): string {
  const { host, isSecure, version, account } = address
  const server = { host, liveHost: host, isSecure, version }
  const values = Object.fromEntries(parameters.map(({ name, value }) => [name, value]))
  const call = [
    ...(parameters.length === 0 ? [] : [`parameters: ${JSON.stringify(values)}`]),
    ...(body === '' ? [] : [`data: ${body.trim()}`])
  ]
  return [
    `import { createApi } from './src/main/client/api.ts'`,
    '',
    'const api = createApi({',
    `  server: ${JSON.stringify(server)},`,
    `  credentials: { account: ${JSON.stringify(account)}, apiToken: process.env.${TOKEN_VARIABLE} ?? '' }`,
    '})',
    `const answer = await api.request(${[JSON.stringify(method), JSON.stringify(path), ...(call.length === 0 ? [] : [`{ ${call.join(', ')} }`])].join(', ')})`
  ].join('\n')
}
