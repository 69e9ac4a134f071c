import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from '@playwright/test'

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

interface AxeWindow {
  readonly axe: {
    run(
      context?: string
    ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>
  }
}

/** What axe finds in the window, or in a part of it: one line a violation, the rule and the element that breaks it. */
export async function violations(page: Page, selector = 'html'): Promise<string[]> {
  // The policy of the page refuses an added script element: axe comes the way a debugger's text comes.
  await page.evaluate(readFileSync(axe, 'utf8'))
  return page.evaluate(async (context) => {
    const { violations: found } = await (globalThis as unknown as AxeWindow).axe.run(context)
    return found.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`)
    )
  }, selector)
}
