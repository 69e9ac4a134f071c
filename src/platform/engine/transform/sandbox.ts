import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten'
import { newQuickJSWASMModule, newVariant, RELEASE_SYNC } from 'quickjs-emscripten'
import { PRELUDE, PRELUDE_BEFORE_LODASH } from './prelude.ts'

/**
 * The memory of one track's JavaScript (platform protocol, "Tracks": 64 MiB). It is the size that the engine's whole
 * memory may grow to, because the engine's own limit counts only a few bytes of each allocation in WebAssembly.
 */
export const MEMORY_LIMIT_BYTES = 64 * 1024 * 1024
/** What the engine needs to start. */
const INITIAL_MEMORY_BYTES = 16 * 1024 * 1024
const PAGE_BYTES = 64 * 1024
/** WebAssembly memory never shrinks: a context that grew beyond this is not worth keeping warm. */
const WARM_LIMIT_BYTES = 32 * 1024 * 1024
/** Deep enough for any sane recursion, small enough that the stack of the worker's thread ends later. */
const STACK_LIMIT_BYTES = 256 * 1024

/** The JavaScript of a track sees this as its file's name. */
const FILE_NAME = 'track.js'
const LINE_NUMBER = /track\.js:(\d+)/

/** How many lines a text has; an empty text has one. */
export const countLines = (text: string): number => text.split('\n').length

/** Answers a call of `Flow.*`: its name and its arguments as a JSON array in, JSON out. Must not throw. */
export type HostCall = (name: string, argumentsText: string) => string

export interface SandboxOptions {
  readonly hasTypedElements: boolean
  readonly hostCall: HostCall
}

export type SandboxOutcome =
  | { readonly kind: 'returned'; readonly text: string }
  | { readonly kind: 'threw'; readonly error: SandboxError }
  | { readonly kind: 'overtime' }
  | { readonly kind: 'outOfMemory' }

export interface SandboxError {
  readonly name: string
  readonly message: string
  readonly details: readonly string[]
  /** 1-based line of the track's JavaScript, when it is known. */
  readonly lineNumber?: number
}

let lodashText: string | undefined

/** The library of TypeScript declares WebAssembly for browsers only. */
interface GrowingMemory {
  readonly buffer: ArrayBufferLike
}

const { Memory } = (
  globalThis as unknown as {
    WebAssembly: { Memory: new (pages: { initial: number; maximum: number }) => GrowingMemory }
  }
).WebAssembly

/**
 * A JavaScript engine for one track, in a WebAssembly memory of its own: nothing of another track is within its reach.
 *
 * After a run that ended badly (`isSpent`) it must be disposed, never run again.
 */
export class Sandbox {
  /** Whether the engine may be in a state in which another run is not safe, or holds too much memory. */
  isSpent = false
  private readonly memory: GrowingMemory
  private readonly context: QuickJSContext
  private readonly runHandle: QuickJSHandle
  private deadlineMs = Number.POSITIVE_INFINITY
  private js: string | undefined
  private factory: QuickJSHandle | undefined

  private constructor(memory: GrowingMemory, context: QuickJSContext, runHandle: QuickJSHandle) {
    this.memory = memory
    this.context = context
    this.runHandle = runHandle
    context.runtime.setInterruptHandler(() => performance.now() > this.deadlineMs)
  }

  /** Starts an engine with lodash and `Flow` inside; takes some tens of milliseconds, most of them for lodash. */
  static async create(options: SandboxOptions): Promise<Sandbox> {
    lodashText ??= readFileSync(createRequire(import.meta.url).resolve('lodash/lodash.min.js'), 'utf8')
    const memory = new Memory({
      initial: INITIAL_MEMORY_BYTES / PAGE_BYTES,
      maximum: MEMORY_LIMIT_BYTES / PAGE_BYTES
    })
    const engine = await newQuickJSWASMModule(
      newVariant(RELEASE_SYNC, { wasmMemory: memory } as Parameters<typeof newVariant>[1])
    )
    const runtime = engine.newRuntime()
    runtime.setMaxStackSize(STACK_LIMIT_BYTES)
    const context = runtime.newContext({
      // No promises: nothing would ever run them. No proxies, no typed arrays: ECMAScript 5 has none.
      intrinsics: {
        BaseObjects: true,
        Date: true,
        Eval: true,
        StringNormalize: true,
        RegExp: true,
        JSON: true,
        MapSet: true
      }
    })
    context.unwrapResult(context.evalCode(PRELUDE_BEFORE_LODASH, 'prelude.js')).dispose()
    context.unwrapResult(context.evalCode(lodashText, 'lodash.js')).dispose()
    const prelude = context.unwrapResult(context.evalCode(PRELUDE, 'prelude.js'))
    const host = context.newFunction('host', (name, argumentsText) =>
      context.newString(options.hostCall(context.getString(name), context.getString(argumentsText)))
    )
    const isTyped = options.hasTypedElements ? context.true : context.false
    const run = context.unwrapResult(
      context.callFunction(prelude, context.undefined, context.global, host, isTyped)
    )
    host.dispose()
    prelude.dispose()
    return new Sandbox(memory, context, run)
  }

  /**
   * Calls the function expression `js` with a drop, given as JSON with typed elements (a long beyond 2^53 as text).
   *
   * The expression is evaluated anew for every call, so that not even its own variables outlive a drop. The engine's
   * own clock ends most runs that pass `deadlineMs` (as `performance.now()` counts); not all: see `Transformer`.
   */
  run(js: string, dropText: string, deadlineMs: number): SandboxOutcome {
    this.deadlineMs = deadlineMs
    try {
      return this.compiled(js) ?? this.call(js, dropText)
    } catch {
      // Not an error of the function: the engine itself broke, such as by the stack of the thread.
      this.isSpent = true
      return { kind: 'outOfMemory' }
    } finally {
      this.deadlineMs = Number.POSITIVE_INFINITY
      if (this.memory.buffer.byteLength > WARM_LIMIT_BYTES || this.context.runtime.hasPendingJob()) {
        this.isSpent = true
      }
    }
  }

  /** Reads `js` without running it; undefined when it can be run. */
  check(js: string, deadlineMs: number): SandboxOutcome | undefined {
    this.deadlineMs = deadlineMs
    return this.compiled(js)
  }

  /** Frees what can be freed in an engine that is sound; the memory itself goes with the last reference to it. */
  dispose(): void {
    if (this.isSpent) return
    this.isSpent = true
    this.factory?.dispose()
    this.runHandle.dispose()
    this.context.dispose()
  }

  private compiled(js: string): SandboxOutcome | undefined {
    if (this.js === js && this.factory !== undefined) return undefined
    this.factory?.dispose()
    this.factory = undefined
    const expression = js.replace(/[\s;]+$/, '')
    // Everything before the expression stays on its first line, so that line numbers are those of the track.
    const result = this.context.evalCode(`(function(){"use strict";return (${expression}\n)})`, FILE_NAME)
    if (result.error !== undefined) return this.uncaught(js, result.error)
    this.js = js
    this.factory = result.value
    return undefined
  }

  private call(js: string, dropText: string): SandboxOutcome {
    const { context, factory } = this
    if (factory === undefined) throw new Error('A function is compiled before it is called.')
    const dropHandle = context.newString(dropText)
    const result = context.callFunction(this.runHandle, context.undefined, factory, dropHandle)
    dropHandle.dispose()
    if (result.error !== undefined) return this.uncaught(js, result.error)
    const text = context.getString(result.value)
    result.value.dispose()
    if (text.startsWith('=')) return { kind: 'returned', text: text.slice(1) }
    return this.threw(js, JSON.parse(text.slice(1)) as ThrownError)
  }

  /** What no function can catch, and errors in the text of the function. */
  private uncaught(js: string, errorHandle: QuickJSHandle): SandboxOutcome {
    const dumped: unknown = this.context.dump(errorHandle)
    errorHandle.dispose()
    const { name, message, stack } = (
      typeof dumped === 'object' ? (dumped ?? {}) : {}
    ) as Partial<ThrownError>
    if (name === undefined) {
      this.isSpent = true
      return { kind: 'outOfMemory' }
    }
    return this.threw(js, { name, message: message ?? '', details: [], stack: stack ?? '' })
  }

  /** When there is no room for the error itself either, the engine throws null. */
  private isOutOfMemory({ name, message }: ThrownError): boolean {
    if (name === 'InternalError' && message === 'out of memory') return true
    return name === 'Thrown' && message === 'null' && this.memory.buffer.byteLength > WARM_LIMIT_BYTES
  }

  private threw(js: string, thrown: ThrownError): SandboxOutcome {
    if (thrown.name === 'InternalError' && thrown.message === 'interrupted') {
      this.isSpent = true
      return { kind: 'overtime' }
    }
    if (this.isOutOfMemory(thrown)) {
      this.isSpent = true
      return { kind: 'outOfMemory' }
    }
    const line = LINE_NUMBER.exec(thrown.stack)?.[1]
    return {
      kind: 'threw',
      error: {
        name: thrown.name,
        message: thrown.message,
        details: thrown.details,
        // A mistake at the very end is found in the line that is appended to the expression.
        ...(line === undefined ? {} : { lineNumber: Math.min(Number(line), countLines(js)) })
      }
    }
  }
}

interface ThrownError {
  readonly name: string
  readonly message: string
  readonly details: readonly string[]
  readonly stack: string
}
