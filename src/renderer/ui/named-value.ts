/** A name and a value, as a row of fields; one that is switched off stays for later. */
export interface NamedValue {
  /** Of this window alone. */
  readonly id: string
  readonly name: string
  readonly value: string
  readonly isOn: boolean
}
