import type { Failure } from '../../shared/failure.ts'
import type { ViewTab } from '../../shared/ipc/settings.ts'
import type { FrameReply, ServiceId } from '../../shared/ipc/request-requests.ts'
import type { PlatformRequest, RequestAnswer, SentRequest } from '../../shared/model/platform-request.ts'
import type { Explorer } from '../bridge.ts'
import type { Tab } from '../window/tab.ts'
import { BatchRun } from './batch-run.svelte.ts'
import { writeBatchLine } from './batch-text.ts'
import { draftOf, readDraft } from './request-draft.ts'
import type { DraftProblem, ReadDraft, RequestDraft } from './request-draft.ts'
import { readRequestState, writeRequestState } from './request-state.ts'
import type { RequestViewName } from './request-state.ts'

export interface RequestTabServices {
  readonly explorer: Explorer
  /** What the next run restores has changed. */
  readonly changed: () => void
  readonly connectionName: (connectionId: string) => string
}

/** What became of what was sent last. */
export type SendPhase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending'; readonly requestId: string }
  | { readonly kind: 'answered'; readonly answer: RequestAnswer }
  | { readonly kind: 'failed'; readonly failure: Failure }

export type FramePhase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'answered'; readonly reply: FrameReply }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** A request console: a request by hand, a batch of them, and frames of the live connection. */
export class RequestTab implements Tab {
  readonly id = crypto.randomUUID()
  readonly kind = 'request'
  readonly name = 'Request'
  /** What was typed comes back with the next run, and what was sent is in the history. */
  readonly hasUnsavedEdit = false
  readonly connectionId: string
  readonly batch: BatchRun
  readonly #services: RequestTabServices
  #view = $state<RequestViewName>('request')
  #draft = $state.raw<RequestDraft>() as RequestDraft
  #frameText = $state('')
  #phase = $state.raw<SendPhase>({ kind: 'idle' })
  #framePhase = $state.raw<FramePhase>({ kind: 'idle' })
  #problem = $state.raw<DraftProblem | undefined>(undefined)
  #history = $state.raw<readonly SentRequest[]>([])
  #serviceIds = $state.raw<{ readonly service: string; readonly ids: readonly ServiceId[] } | undefined>(
    undefined
  )
  #isOpen = false

  constructor(services: RequestTabServices, { connectionId, state }: ViewTab) {
    this.#services = services
    this.connectionId = connectionId
    const restored = readRequestState(state)
    this.#view = restored.view
    this.#draft = restored.draft
    this.#frameText = restored.frameText
    this.batch = new BatchRun(services.explorer, connectionId, restored.batch, services.changed)
  }

  get title(): string {
    return `Request console · ${this.#services.connectionName(this.connectionId)}`
  }

  get saved(): ViewTab {
    const { view, draft, frameText, batch } = this
    const state = writeRequestState({ view, draft, frameText, batch: batch.settings })
    return { kind: 'request', connectionId: this.connectionId, state }
  }

  get view(): RequestViewName {
    return this.#view
  }

  set view(view: RequestViewName) {
    this.#view = view
    this.#services.changed()
  }

  get draft(): RequestDraft {
    return this.#draft
  }

  /** Changes the given fields; what is wrong is told when it is sent. */
  change(change: Partial<RequestDraft>): void {
    this.#draft = { ...this.#draft, ...change }
    this.#problem = undefined
    this.#services.changed()
  }

  get problem(): DraftProblem | undefined {
    return this.#problem
  }

  get phase(): SendPhase {
    return this.#phase
  }

  get history(): readonly SentRequest[] {
    return this.#history
  }

  get frameText(): string {
    return this.#frameText
  }

  set frameText(text: string) {
    this.#frameText = text
    this.#services.changed()
  }

  get framePhase(): FramePhase {
    return this.#framePhase
  }

  open(): void {
    if (this.#isOpen) return
    this.#isOpen = true
    void this.#readHistory()
  }

  close(): void {
    this.cancel()
    this.batch.cancel()
  }

  /** The request in the fields; what is wrong with them is shown beside the field. */
  read(): ReadDraft {
    const read = readDraft(this.#draft)
    this.#problem = read.ok ? undefined : read.problem
    return read
  }

  async send(): Promise<void> {
    const read = this.read()
    if (!read.ok || this.#phase.kind === 'sending') return
    const requestId = crypto.randomUUID()
    this.#phase = { kind: 'sending', requestId }
    const { connectionId } = this
    const result = await this.#services.explorer.sendRequest({
      requestId,
      connectionId,
      request: plain(read.request)
    })
    this.#phase = result.ok
      ? { kind: 'answered', answer: result.value }
      : { kind: 'failed', failure: result.failure }
    void this.#readHistory()
  }

  /** What Ctrl+Enter does in the view that is looked at. */
  run(): void {
    if (this.#view === 'request') void this.send()
    else if (this.#view === 'batch') void this.batch.run()
    else void this.sendFrame()
  }

  cancel(): void {
    if (this.#phase.kind !== 'sending') return
    void this.#services.explorer.cancelRequest({ requestId: this.#phase.requestId })
  }

  /** Puts a request that was sent before into the fields. */
  reopen({ request }: SentRequest): void {
    this.view = 'request'
    this.change(draftOf(request))
  }

  async resend(sent: SentRequest): Promise<void> {
    this.reopen(sent)
    await this.send()
  }

  addToBatch(request: PlatformRequest): void {
    this.batch.append(writeBatchLine(request))
  }

  async clearHistory(): Promise<void> {
    await this.#services.explorer.clearRequestHistory({ connectionId: this.connectionId })
    await this.#readHistory()
  }

  /** The ids of a service as far as they are known; asks for them when it is another service than before. */
  idsOf(service: string | undefined): readonly ServiceId[] {
    if (service === undefined) return []
    return this.#serviceIds?.service === service ? this.#serviceIds.ids : []
  }

  /** Asks for the ids of a service, once for each time that another one is typed. */
  async readIds(service: string): Promise<void> {
    if (this.#serviceIds?.service === service) return
    this.#serviceIds = { service, ids: [] }
    const result = await this.#services.explorer.listServiceIds({ connectionId: this.connectionId, service })
    // A service that cannot be listed has no hints; sending tells why.
    if (result.ok && this.#serviceIds.service === service) this.#serviceIds = { service, ids: result.value }
  }

  async sendFrame(): Promise<void> {
    const text = this.#frameText.trim()
    if (text === '' || this.#framePhase.kind === 'sending') return
    this.#framePhase = { kind: 'sending' }
    const result = await this.#services.explorer.sendFrame({ connectionId: this.connectionId, text })
    this.#framePhase = result.ok
      ? { kind: 'answered', reply: result.value }
      : { kind: 'failed', failure: result.failure }
  }

  async #readHistory(): Promise<void> {
    const result = await this.#services.explorer.listRequestHistory({ connectionId: this.connectionId })
    if (result.ok) this.#history = result.value
  }
}

/** As the contract takes it: lists that may be written to. */
export const plain = ({ parameters, ...request }: PlatformRequest) => ({
  ...request,
  parameters: parameters.map(({ name, value }) => ({ name, value }))
})
