/** The first argument of every listener that Electron calls; the sender reads `defaultPrevented` afterwards. */
export interface HostEvent {
  defaultPrevented: boolean
  preventDefault(): void
}

export function createEvent<Extra extends object = object>(extra: Extra = {} as Extra): HostEvent & Extra {
  return {
    ...extra,
    defaultPrevented: false,
    preventDefault(this: HostEvent) {
      this.defaultPrevented = true
    }
  }
}
