import type { StoredMembers } from './stored-object.ts'

/** What it takes to make a device (platform protocol, "Devices"). */
export interface DeviceDraft {
  /** The flows `default`, `commands` and `reports` are made below it. */
  readonly path: string
  readonly displayName?: string
  /** Milliseconds between two reports of the device; a minute when left out. */
  readonly reportPeriodicity?: number
  readonly deviceSummary?: Readonly<Record<string, unknown>>
  readonly tracks?: Readonly<Record<string, unknown>>
}

/** What a device tells about itself, with its own token. */
export interface DeviceReport {
  /** `UNSEEN` until the device writes it. */
  readonly status: string
  readonly lastSeen?: number
}

/** A physical thing, as the platform answers it. */
export interface Device extends DeviceDraft, DeviceReport, StoredMembers {
  /** The token that was made with it. */
  readonly tokenId: string
  /** Milliseconds; -1 while unseen. */
  readonly timeSinceLastSeen: number
}
