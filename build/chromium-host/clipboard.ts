import { loud } from './not-implemented.ts'
import { WebContents } from './web-contents.ts'

let text = ''

/**
 * The clipboard (Electron, clipboard), for text. What the app writes goes to the system's clipboard; it reads back only
 * what it wrote itself.
 */
export const clipboard = loud('clipboard', {
  readText: (): string => text,
  writeText(value: string): void {
    text = value
    WebContents.getAllWebContents()[0]?.copyText(value)
  },
  clear(): void {
    this.writeText('')
  }
})
