import type { LiveMessage } from '../../shared/ipc/live-port.ts'
import { RateWindow } from '../console/rates.ts'
import { summarizeDrop } from '../console/summary.ts'
import type { SummaryPart } from '../console/summary.ts'
import type { NodeTraffic } from './flow-tree-model.ts'

/** Live traffic of a flow as its row in the tree tells it. */
export interface FlowPulse {
  readonly perSecond: number
  readonly receivedDrops: number
  /** When the last drop was received; 0 when none was yet. */
  readonly lastAtMs: number
  /** Drops in each of the last `PULSE_SECONDS` seconds, the oldest first. */
  readonly perSecondCounts: readonly number[]
  /** The first number of the last drop that is no moment, or an element; undefined when it has none that a row can show. */
  readonly lastValue?: { readonly name: string; readonly text: string }
  /** The first elements of the last drop in a line. */
  readonly lastDrop?: string
}

/** Half a minute shows a rhythm and fits a width of some 36 pixels. */
export const PULSE_SECONDS = 30
/** A longer drop is not parsed for a few characters beside a name: it would take longer than a frame. */
const MAX_PARSED_CHARACTERS = 65_536
const MAX_LINE_PARTS = 4

interface FollowedPulse {
  readonly connectionId: string
  readonly flowId: string
  readonly rate: RateWindow
  readonly counts: Uint32Array
  latestSecond: number
  receivedDrops: number
  lastAtMs: number
  text: string
  readText: string
  value: Pick<FlowPulse, 'lastValue' | 'lastDrop'>
}

/** What arrives live, by flow: counted as it comes, and parsed only for the rows that are looked at. */
export class FlowPulses {
  readonly #bySubscription = new Map<number, FollowedPulse>()

  take(message: LiveMessage, nowMs: number): void {
    if (message.kind === 'drops') {
      const { subscriptionIds, receivedAtMs, texts } = message
      const second = Math.floor(nowMs / 1000)
      for (let index = 0; index < texts.length; index++) {
        const flow = this.#bySubscription.get(subscriptionIds[index] ?? 0)
        if (flow === undefined) continue
        advance(flow, second)
        const slot = second % PULSE_SECONDS
        flow.counts[slot] = (flow.counts[slot] ?? 0) + 1
        flow.rate.add(nowMs, 1)
        flow.receivedDrops += 1
        flow.lastAtMs = receivedAtMs[index] ?? nowMs
        flow.text = texts[index] ?? ''
      }
      return
    }
    const { marker } = message
    if (marker.kind === 'unsubscribed') this.#bySubscription.delete(marker.subscriptionId)
    if (marker.kind !== 'subscribed') return
    const { subscriptionId, connectionId, flowId } = marker
    this.#bySubscription.set(subscriptionId, {
      connectionId,
      flowId,
      rate: new RateWindow(),
      counts: new Uint32Array(PULSE_SECONDS),
      latestSecond: 0,
      receivedDrops: 0,
      lastAtMs: 0,
      text: '',
      readText: '',
      value: {}
    })
  }

  /** The pulse of a flow that is followed. */
  pulseOf(connectionId: string, flowId: string, nowMs: number): FlowPulse | undefined {
    for (const flow of this.#bySubscription.values()) {
      if (flow.flowId === flowId && flow.connectionId === connectionId) return readPulse(flow, nowMs)
    }
    return undefined
  }

  /** Traffic of what is followed on a connection, by flow id. */
  *trafficOf(connectionId: string, nowMs: number): Generator<readonly [string, NodeTraffic]> {
    for (const {
      connectionId: its,
      flowId,
      rate,
      receivedDrops,
      lastAtMs
    } of this.#bySubscription.values()) {
      if (its === connectionId) yield [flowId, { perSecond: rate.perSecond(nowMs), receivedDrops, lastAtMs }]
    }
  }
}

function readPulse(flow: FollowedPulse, nowMs: number): FlowPulse {
  const { rate, receivedDrops, lastAtMs, counts } = flow
  advance(flow, Math.floor(nowMs / 1000))
  const start = (flow.latestSecond + 1) % PULSE_SECONDS
  if (flow.readText !== flow.text) {
    flow.value = flow.text.length > MAX_PARSED_CHARACTERS ? {} : lastValueIn(flow.text)
    flow.readText = flow.text
  }
  return {
    perSecond: rate.perSecond(nowMs),
    receivedDrops,
    lastAtMs,
    perSecondCounts: [...counts.subarray(start), ...counts.subarray(0, start)],
    ...flow.value
  }
}

/** A number of 12 or more digits is a moment or a key: it changes with each drop and tells nothing. */
const isTelling = ({ kind, text }: SummaryPart): boolean => kind === 'number' && !/^-?\d{12}/.test(text)

function lastValueIn(text: string): Pick<FlowPulse, 'lastValue' | 'lastDrop'> {
  const { parts } = summarizeDrop(text)
  const told = parts.find(isTelling) ?? parts.find(({ kind }) => kind !== 'number') ?? parts[0]
  if (told === undefined) return {}
  const line = parts.slice(0, MAX_LINE_PARTS).map(({ name, text: value }) => `${name} ${value}`)
  return { lastValue: { name: told.name, text: told.text }, lastDrop: line.join(' · ') }
}

function advance(flow: FollowedPulse, second: number): void {
  if (second - flow.latestSecond >= PULSE_SECONDS) {
    flow.counts.fill(0)
    flow.latestSecond = second
  }
  while (flow.latestSecond < second) {
    flow.latestSecond += 1
    flow.counts[flow.latestSecond % PULSE_SECONDS] = 0
  }
}
