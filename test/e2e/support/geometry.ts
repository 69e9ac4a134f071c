import type { Page } from '@playwright/test'

/**
 * What the geometry of the window does wrong, one line each: text that is cut without an ellipsis and a title that has the
 * whole, and text that something else lies on. What a person scrolls to, Monaco's own inside and what a dialog or a menu
 * covers are left out: they are meant so.
 */
export async function geometryProblems(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const problems: string[] = []
    const name = (element: Element): string =>
      `${element.tagName.toLowerCase()}.${[...element.classList].join('.')} "${(element.textContent ?? '').trim().slice(0, 60)}"`
    const hides = (value: string): boolean => value === 'hidden' || value === 'clip'

    /** The part of a rectangle that its ancestors let through. */
    const visiblePart = (element: Element, rect: DOMRect): DOMRect => {
      let { left, top, right, bottom } = rect
      for (let parent: Element | null = element; parent !== null; parent = parent.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(parent)
        if (overflowX === 'visible' && overflowY === 'visible') continue
        const box = parent.getBoundingClientRect()
        left = Math.max(left, box.left)
        right = Math.min(right, box.right)
        top = Math.max(top, box.top)
        bottom = Math.min(bottom, box.bottom)
      }
      return new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top))
    }

    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement
      if (element === null || (node.textContent ?? '').trim() === '') continue
      if (element.closest('.monaco-editor, .visually-hidden, script, style, datalist, select, textarea'))
        continue
      if (!element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue
      const range = document.createRange()
      range.selectNodeContents(node)
      const rect = range.getBoundingClientRect()
      if (rect.width < 1 || rect.height < 1) continue

      // Cut: the nearest box that hides what is too wide is narrower than its text.
      for (let box: Element | null = element; box !== null; box = box.parentElement) {
        const { overflowX, textOverflow } = getComputedStyle(box)
        if (overflowX === 'auto' || overflowX === 'scroll') break
        if (!hides(overflowX)) continue
        const limits = box.getBoundingClientRect()
        const isCut = rect.right > limits.right + 1 || rect.left < limits.left - 1
        const isTold = textOverflow === 'ellipsis' && element.closest('[title]') !== null
        if (isCut && !isTold) problems.push(`cut: ${name(element)}`)
        break
      }

      // What the pointer goes through is on top, and found beneath: a tooltip of a chart.
      if (getComputedStyle(element).pointerEvents === 'none') continue
      const shown = visiblePart(element, rect)
      if (shown.width < 4 || shown.height < 8) continue
      const top = document.elementFromPoint(shown.left + shown.width / 2, shown.top + shown.height / 2)
      if (top === null || top.contains(element) || element.contains(top)) continue
      if (top.closest('.floating, .overlay, .monaco-editor, .suggest-widget, [role="dialog"], [role="menu"]'))
        continue
      // A sticky head or pinned column is meant to cover what is scrolled beneath it.
      if ([top, ...ancestors(top)].some((parent) => getComputedStyle(parent).position === 'sticky')) continue
      problems.push(`covered: ${name(element)} by ${name(top)}`)
    }
    return [...new Set(problems)]

    function ancestors(element: Element): Element[] {
      return element.parentElement === null
        ? []
        : [element.parentElement, ...ancestors(element.parentElement)]
    }
  })
}
