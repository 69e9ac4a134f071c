import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { writeCode } from '../../../src/renderer/request/request-code.ts'
import type { PlatformRequest } from '../../../src/shared/model/platform-request.ts'

const address = { host: '127.0.0.1:8080', isSecure: false, version: '4.0', account: 'ana', parameters: [] }
const request = (over: Partial<PlatformRequest> = {}): PlatformRequest => ({
  method: 'GET',
  path: '/flow',
  parameters: [],
  body: '',
  ...over
})

/** The words that a shell makes of a command line, the first one left out. */
function wordsOf(command: string): string[] {
  const script = command.replace(/^curl/, 'printf "%s\\0"')
  const output = execFileSync('sh', ['-c', script], { env: { FLOWTHINGS_TOKEN: 'the token' } })
  return output.toString('utf8').split('\0').slice(0, -1)
}

test('a shell makes the same request of the command line, whatever quotes are in it', () => {
  const body = `{"text": "it's \\"quoted\\" $HOME \`x\` \\\\ \n é"}`
  const code = writeCode(
    'curl',
    request({ method: 'MPUT', parameters: [{ name: 'filter', value: `a == 'b' && $c` }], body }),
    address
  )
  expect(code).not.toContain('the token')
  expect(wordsOf(code)).toEqual([
    '-X',
    'MPUT',
    `http://127.0.0.1:8080/v4.0/ana/flow?filter=${encodeURIComponent(`a == 'b' && $c`)}`,
    '-H',
    'X-Auth-Account: ana',
    '-H',
    'X-Auth-Token: the token',
    '-H',
    'Content-Type: application/json',
    '--data-raw',
    body
  ])
})

test('the parameters of the connection are sent as well, unless the request has its own', () => {
  const withDefaults = {
    ...address,
    parameters: [
      { name: 'refs', value: '1' },
      { name: 'limit', value: '5' }
    ]
  }
  const code = writeCode('curl', request({ parameters: [{ name: 'limit', value: '9' }] }), withDefaults)
  expect(wordsOf(code)[2]).toBe('http://127.0.0.1:8080/v4.0/ana/flow?refs=1&limit=9')
})

test('Python and TypeScript take the token from the environment', () => {
  const sent = request({
    method: 'POST',
    body: '{"path": "/ana/x"}',
    parameters: [{ name: 'refs', value: '1' }]
  })
  const python = writeCode('Python', sent, address)
  expect(python).toContain('os.environ["FLOWTHINGS_TOKEN"]')
  expect(python).toContain(
    'api.request("POST", "/flow", data=json.loads("{\\"path\\": \\"/ana/x\\"}"), params={"refs": "1"})'
  )
  const typeScript = writeCode('TypeScript', sent, address)
  expect(typeScript).toContain('process.env.FLOWTHINGS_TOKEN')
  expect(typeScript).toContain(
    'api.request("POST", "/flow", { parameters: {"refs":"1"}, data: {"path": "/ana/x"} })'
  )
})
