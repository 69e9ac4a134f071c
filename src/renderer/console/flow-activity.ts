/** What the console received of one flow of one connection. */
export interface FlowActivity {
  readonly subscriptionId: number
  readonly connectionId: string
  readonly flowId: string
  /** Where the flow is now, as far as main knows. */
  readonly path: string
  readonly receivedDrops: number
  /** When the last drop was received; 0 when none was. */
  readonly lastAtMs: number
  readonly perSecond: number
}

/** By `activityKey`. */
export type ActivityByFlow = ReadonlyMap<string, FlowActivity>

export const NO_ACTIVITY: ActivityByFlow = new Map()

/** Two connections may lead to one platform, where a flow has the same id for both. */
export const activityKey = (connectionId: string, flowId: string): string => `${connectionId} ${flowId}`

export const indexActivity = (flows: readonly FlowActivity[]): ActivityByFlow =>
  new Map(flows.map((flow) => [activityKey(flow.connectionId, flow.flowId), flow]))
