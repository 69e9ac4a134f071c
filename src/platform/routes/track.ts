import type { Parts } from '../engine/parts.ts'
import { answerSimulation } from '../engine/tracks.ts'
import type { Transformer } from '../engine/transform/transformer.ts'
import type { Route } from './request.ts'

/** `POST /track/simulate`, beside the generic endpoints (platform protocol, "Tracks"). */
export const trackRoutes = (parts: Parts, transformer: Transformer): readonly Route[] => [
  {
    method: 'POST',
    path: '/track/simulate',
    answer: ({ call, body }) => answerSimulation(parts, transformer, call, body)
  }
]
