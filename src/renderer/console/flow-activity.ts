/** What the console received of one flow. */
export interface FlowActivity {
  readonly flowId: string
  readonly receivedDrops: number
  /** When the last drop was received; 0 when none was. */
  readonly lastAtMs: number
  readonly perSecond: number
}

export type ActivityByFlow = ReadonlyMap<string, FlowActivity>

export const NO_ACTIVITY: ActivityByFlow = new Map()

export const indexActivity = (flows: readonly FlowActivity[]): ActivityByFlow =>
  new Map(flows.map((flow) => [flow.flowId, flow]))
