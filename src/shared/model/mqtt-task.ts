import type { TaskDraft, TaskMembers } from './task.ts'

/** What it takes to make an MQTT connection (platform protocol, "MQTT connection"): exactly one of `destination` and `source`. */
export interface MqttTaskDraft extends TaskDraft {
  /** The broker, `tcp://broker:1883`. */
  readonly uri: string
  readonly topic: string
  /** The path of the flow that gets what the broker sends. */
  readonly destination?: string
  /** The path of the flow whose drops the broker gets. */
  readonly source?: string
  readonly username?: string
  /** A secret of the broker; answered only to who may change the connection. */
  readonly password?: string
  readonly clientId?: string
  readonly qos?: 0 | 1 | 2
  /** Of MQTT; `3.1.1` when left out. */
  readonly version?: string
  readonly host?: string
  readonly inputFormat?: string
  readonly outputFormat?: string
  /** Milliseconds between two reports. */
  readonly reportFrequency?: number
}

/** A connection to a broker, as the platform answers it. */
export interface MqttTask extends MqttTaskDraft, TaskMembers {}
