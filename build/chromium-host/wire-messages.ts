/**
 * What travels between the main process and the isolated world of a page. `value` is what `codec.encode` wrote, as JSON
 * in place, not as a text in a text: escaping quotes twice would double the bytes.
 */
export type ToMain =
  | { readonly kind: 'hello'; readonly prefersDark: boolean }
  | { readonly kind: 'invoke'; readonly id: number; readonly channel: string; readonly value: unknown }
  | {
      readonly kind: 'send'
      readonly channel: string
      readonly value: unknown
      readonly portIds: readonly string[]
    }
  | { readonly kind: 'port-message'; readonly portId: string; readonly value: unknown }
  | { readonly kind: 'port-closed'; readonly portId: string }
  /** The page's pump works, and will ask by this id; comes before the first port that it holds. */
  | { readonly kind: 'pump-ready'; readonly pumpId: string }
  /** Where the page's end of a port is, and with it where messages for it go: to the pump, or to the isolated world. */
  | { readonly kind: 'port-route'; readonly portId: string; readonly isPumped: boolean }
  | { readonly kind: 'key'; readonly key: KeyPress }
  | { readonly kind: 'preload-error'; readonly stack: string }
  /** The window's size or focus may have changed. */
  | { readonly kind: 'window'; readonly hasFocus: boolean }

export type ToPage =
  | { readonly kind: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: string }
  | {
      readonly kind: 'send'
      readonly channel: string
      readonly value: unknown
      readonly portIds: readonly string[]
    }
  | PumpedMessage

/** What is sent to a port of a page, wherever the page holds it. */
export type PumpedMessage =
  | { readonly kind: 'port-message'; readonly portId: string; readonly value: unknown }
  | { readonly kind: 'port-closed'; readonly portId: string }

/** From the isolated world to the pump; a port comes with its message. */
export type ToPump =
  { readonly kind: 'start'; readonly pumpId: string } | { readonly kind: 'port'; readonly portId: string }

/** From the pump to the isolated world. `valueText` is what `codec.encode` wrote. */
export type FromPump =
  | { readonly kind: 'ready' }
  | { readonly kind: 'port-message'; readonly portId: string; readonly valueText: string }
  | { readonly kind: 'port-closed'; readonly portId: string }

/** A key that the page left alone, for the menu's accelerators. */
export interface KeyPress {
  readonly key: string
  readonly code: string
  readonly control: boolean
  readonly meta: boolean
  readonly alt: boolean
  readonly shift: boolean
}

/** What the isolated world is told when it is made. */
export interface WorldConfig {
  /** Random for each run: the name of the bridge's events and of the function that takes messages. */
  readonly secret: string
  /** The name of the function that carries messages to main; it is deleted as soon as it is read. */
  readonly binding: string
  /** Pages of this domain have a port pump; where its script is. */
  readonly pumpDomain: string
  readonly pumpPath: string
  readonly process: {
    readonly platform: string
    readonly arch: string
    readonly versions: Readonly<Record<string, string | undefined>>
    readonly argv: readonly string[]
  }
}
