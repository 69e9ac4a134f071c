import type { AppState } from '../window/app.svelte.ts'
import { writeCode } from './request-code.ts'
import type { CodeLanguage } from './request-code.ts'
import type { RequestTab } from './request-tab.svelte.ts'

/** Puts the request in the fields of a console on the clipboard, as code. What is wrong with it is shown at its field. */
export async function copyRequestAs(
  { explorer, connections, notices }: AppState,
  tab: RequestTab,
  language: CodeLanguage
): Promise<void> {
  const read = tab.read()
  if (!read.ok) return
  const text = writeCode(language, read.request, connections.addressOf(tab.connectionId))
  const result = await explorer.copyText({ text })
  if (!result.ok) notices.addFailure(result.failure)
}
