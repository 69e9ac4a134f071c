import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { ANA, startTestPlatform, temporaryFolder } from '../support/platform.ts'

/**
 * Runs every example of docs/client.md under plain Node against a platform, each a module of its own that begins with the
 * first block. What they print must be what stands behind `// →`; several lines are separated there by a comma and a space.
 */
const root = resolve(import.meta.dirname, '../..')
const [opening = '', ...examples] = [
  ...readFileSync(join(root, 'docs/client.md'), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)
].map(([, code = '']) => code)

/** What the example says that it prints. */
const promised = (code: string): readonly string[] =>
  [...code.matchAll(/\/\/ → (.*)$/gm)].flatMap(([, text = '']) =>
    /[[{]/.test(text) ? [text] : text.split(', ')
  )

const withOwnPaths = (code: string): string => code.replaceAll("'./src/", `'${pathToFileURL(root).href}/src/`)

/** Imports the examples one after the other, each in an account without flows, and tells what they printed. */
const DRIVER = `
import { format } from 'node:util'
import { createClient, Token } from './src/main/client/index.ts'
const api = createClient(Token('ana', process.env.FLOWTHINGS_TOKEN), { host: process.env.FLOWTHINGS_HOST, secure: false })
const told = []
for (const file of process.argv.slice(2)) {
  const lines = []
  console.log = (...values) => lines.push(format(...values))
  let problem = ''
  for await (const flow of api.flow.all()) await api.flow.delete(flow.id)
  await import(file).catch((error) => (problem = String(error.stack)))
  told.push({ lines, problem })
}
await api.close()
process.stdout.write(JSON.stringify(told))
`

let told: readonly { readonly lines: readonly string[]; readonly problem: string }[]

beforeAll(async () => {
  const platform = await startTestPlatform()
  const folder = await temporaryFolder()
  const files = examples.map((_, place) => join(folder.path, `example-${String(place)}.ts`))
  for (const [place, code] of examples.entries()) {
    await writeFile(files[place] ?? '', withOwnPaths(`${opening}${code}\nawait api.close()\n`))
  }
  const driver = join(folder.path, 'driver.ts')
  await writeFile(driver, withOwnPaths(DRIVER))
  const env = {
    ...process.env,
    FLOWTHINGS_HOST: new URL(platform.url).host,
    FLOWTHINGS_TOKEN: ANA.token,
    NO_COLOR: '1'
  }
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', driver, ...files], {
    env,
    stdio: ['ignore', 'pipe', 'inherit']
  })
  let printed = ''
  child.stdout.on('data', (bytes: Buffer) => (printed += bytes.toString()))
  await new Promise((ended) => child.once('close', ended))
  told = JSON.parse(printed) as typeof told
  await platform.close()
  await folder.remove()
})

test('the manual opens with imports and has examples', () => {
  expect(opening).toContain("from './src/main/client/index.ts'")
  expect(examples.length).toBeGreaterThan(12)
})

test.each(examples.map((code, place) => [code.split('\n')[0] ?? '', place, code] as const))(
  'an example prints what it says: %s',
  (_, place, code) => {
    expect(told[place]).toEqual({ lines: promised(code), problem: '' })
  }
)
