import { EventEmitter } from 'node:events'
import { app } from './app.ts'
import type { KeyPress } from './wire-messages.ts'

/** What a menu's roles need of a window. */
interface MenuWindow {
  close(): void
  reload(): void
  minimize(): void
  isFullScreen(): boolean
  setFullScreen(isFullScreen: boolean): void
}

type Click = (item: MenuItem, window: MenuWindow | undefined, event: object) => void

interface MenuItemOptions {
  readonly id?: string
  readonly label?: string
  readonly type?: string
  readonly role?: string
  readonly accelerator?: string
  readonly enabled?: boolean
  readonly visible?: boolean
  readonly checked?: boolean
  readonly click?: Click
  readonly submenu?: Menu | readonly MenuItemOptions[]
}

/** What a role does here. The editing roles are Chromium's own keys already, and need nothing. */
const ROLES: Record<string, (window: MenuWindow | undefined) => void> = {
  quit: () => {
    app.quit()
  },
  close: (window) => window?.close(),
  reload: (window) => window?.reload(),
  forcereload: (window) => window?.reload(),
  minimize: (window) => window?.minimize(),
  togglefullscreen: (window) => window?.setFullScreen(!window.isFullScreen())
}

/** One line of a menu (Electron, MenuItem). */
export class MenuItem {
  readonly id: string | undefined
  readonly role: string | undefined
  readonly type: string
  readonly submenu: Menu | undefined
  readonly accelerator: string | undefined
  label: string
  enabled: boolean
  visible: boolean
  checked: boolean
  menu: Menu | undefined
  readonly #click: Click | undefined

  constructor(options: MenuItemOptions) {
    this.id = options.id
    this.role = options.role?.toLowerCase()
    this.type = options.type ?? (options.submenu ? 'submenu' : 'normal')
    this.accelerator = options.accelerator
    this.label = options.label ?? options.role ?? ''
    this.enabled = options.enabled ?? true
    this.visible = options.visible ?? true
    this.checked = options.checked ?? false
    this.#click = options.click
    const { submenu } = options
    this.submenu =
      submenu === undefined || submenu instanceof Menu ? submenu : Menu.buildFromTemplate(submenu)
  }

  click(event: object = {}, window?: MenuWindow): void {
    if (this.type === 'checkbox') this.checked = !this.checked
    if (this.role !== undefined) ROLES[this.role]?.(window)
    this.#click?.(this, window, event)
  }
}

let applicationMenu: Menu | null = null

/** A menu (Electron, Menu). The host draws none: its accelerators work, and tests can click its items. */
export class Menu extends EventEmitter {
  readonly items: MenuItem[] = []

  static buildFromTemplate(template: readonly (MenuItemOptions | MenuItem)[]): Menu {
    const menu = new Menu()
    for (const entry of template) menu.append(entry instanceof MenuItem ? entry : new MenuItem(entry))
    return menu
  }

  static setApplicationMenu(menu: Menu | null): void {
    applicationMenu = menu
  }

  static getApplicationMenu(): Menu | null {
    return applicationMenu
  }

  append(item: MenuItem): void {
    item.menu = this
    this.items.push(item)
  }

  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      if (item.id === id) return item
      const inside = item.submenu?.getMenuItemById(id)
      if (inside) return inside
    }
    return null
  }

  popup(options: { callback?: () => void } = {}): void {
    process.stderr.write('The Chromium host shows no native menus.\n')
    options.callback?.()
  }
}

/** Clicks the item of the application menu that has this accelerator, if any. */
export function pressAccelerator(key: KeyPress, window: MenuWindow): void {
  const item = applicationMenu && findByKey(applicationMenu, key)
  item?.click({ triggeredByAccelerator: true }, window)
}

function findByKey(menu: Menu, key: KeyPress): MenuItem | undefined {
  for (const item of menu.items) {
    if (!item.enabled) continue
    const found = item.submenu ? findByKey(item.submenu, key) : undefined
    if (found) return found
    if (item.accelerator !== undefined && matchesAccelerator(item.accelerator, key)) return item
  }
  return undefined
}

/** Names of keys that Electron and the DOM spell differently (Electron, "Accelerator"). */
const KEY_NAMES: Record<string, string> = {
  plus: '+',
  space: ' ',
  esc: 'escape',
  return: 'enter',
  up: 'arrowup',
  down: 'arrowdown',
  left: 'arrowleft',
  right: 'arrowright',
  del: 'delete'
}

const CONTROL = new Set(['control', 'ctrl'])
const META = new Set(['command', 'cmd', 'meta', 'super'])
const EITHER = new Set(['commandorcontrol', 'cmdorctrl'])

/** Whether a key press is the accelerator, like `CmdOrCtrl+Shift+P`. */
export function matchesAccelerator(
  accelerator: string,
  pressed: KeyPress,
  platform = process.platform
): boolean {
  const words = accelerator.split(/\+(?!$)/).map((word) => word.trim().toLowerCase())
  const name = words.at(-1) ?? ''
  const modifiers = words.slice(0, -1)
  const has = (names: ReadonlySet<string>): boolean => modifiers.some((modifier) => names.has(modifier))
  const isMac = platform === 'darwin'
  const wants = {
    control: has(CONTROL) || (!isMac && has(EITHER)),
    meta: has(META) || (isMac && has(EITHER)),
    alt: modifiers.includes('alt') || modifiers.includes('option'),
    shift: modifiers.includes('shift')
  }
  const { control, meta, alt, shift } = pressed
  if (control !== wants.control || meta !== wants.meta || alt !== wants.alt || shift !== wants.shift)
    return false
  const key = KEY_NAMES[name] ?? name
  const code = pressed.code.toLowerCase()
  return pressed.key.toLowerCase() === key || code === `key${key}` || code === `digit${key}`
}
