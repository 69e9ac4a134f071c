/**
 * What trying a connection found, step by step, in words for a person. The steps always stand in the order in which a
 * connection comes about; after one that failed, those that need it are not tried.
 */
export interface ConnectionDiagnosis {
  /** Whether it came to its end and no step failed. */
  readonly isUsable: boolean
  /** One of each kind, in the order of `DIAGNOSIS_STEPS`. */
  readonly steps: readonly DiagnosisStep[]
}

export interface DiagnosisStep {
  readonly kind: DiagnosisStepKind
  /** `skipped`: a step before it failed, or the connection has no such step (TLS is off, the server is an address). */
  readonly state: 'ok' | 'failed' | 'skipped'
  /** What happened, ready to be shown. */
  readonly sentence: string
  /** What to do next; only when there is something to do. */
  readonly hint?: string
  /** 0 when it was skipped. */
  readonly durationMs: number
}

export const DIAGNOSIS_STEPS = [
  /** The name of the server was looked up. */
  'name',
  /** A TCP connection was opened. */
  'tcp',
  /** The server showed a certificate that is accepted. */
  'tls',
  /** Something answered over HTTP. */
  'http',
  /** What answered speaks the protocol of a platform. */
  'platform',
  /** The account and its token were accepted. */
  'account',
  /** A WebSocket session was opened, on the server for live drops. */
  'live'
] as const

export type DiagnosisStepKind = (typeof DIAGNOSIS_STEPS)[number]
