import { createApi } from '../../src/main/client/api.ts'
import type { Api, ApiOptions } from '../../src/main/client/api.ts'
import type { Server } from '../../src/main/client/server.ts'
import { startPlatform } from '../../src/platform/index.ts'

/** A real platform that keeps nothing, with one account. */
export interface TestPlatform {
  /** `127.0.0.1:PORT` */
  readonly host: string
  readonly account: string
  readonly apiToken: string
  close(): Promise<void>
}

export const TEST_TOKEN = 'Q7wZ0pLmR4sT9xVbN2cKdH5jF8gYaE1u'

export async function startTestPlatform(): Promise<TestPlatform> {
  const started = await startPlatform({ data: ':memory:', accounts: [{ account: 'ana', token: TEST_TOKEN }] })
  if (!started.ok) throw new Error(started.failure.message)
  return {
    host: new URL(started.value.url).host,
    account: 'ana',
    apiToken: TEST_TOKEN,
    close: () => started.value.close()
  }
}

export const serverAt = (host: string): Server => ({ host, liveHost: host, isSecure: false, version: '4.0' })

/** A client of a test platform, perhaps by way of a proxy. */
export const createTestApi = (
  { account, apiToken }: Pick<TestPlatform, 'account' | 'apiToken'>,
  host: string,
  options: Partial<ApiOptions> = {}
): Api => createApi({ server: serverAt(host), credentials: { account, apiToken }, ...options })
