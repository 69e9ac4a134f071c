import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { Agent } from "undici";
import type { Dispatcher } from "undici";
import type { Failure } from "../../shared/failure.ts";
import { failed, success } from "../../shared/result.ts";
import type { Result } from "../../shared/result.ts";
import {
  failureOfAnswer,
  failureOfError,
  redirectedElsewhere,
} from "./http-failure.ts";
import type { RequestIdentity } from "./http-failure.ts";
import { backOffMs, pause, systemScheduler } from "./scheduler.ts";
import type { Random, Scheduler } from "./scheduler.ts";

/** HTTP as the platform speaks it: kept-alive connections, bounded waits, cancelling that reaches the socket. */
export interface Http {
  /** The whole answer of a successful status; every other status is a failure. */
  request(request: HttpRequest): Promise<Result<HttpAnswer>>;
  /** The answer's text in pieces, as they arrive; nothing is read ahead of who asks. */
  stream(request: HttpRequest): Promise<Result<HttpStream>>;
  /** Ends all connections at once; requests under way fail. Twice is harmless. */
  close(): Promise<void>;
}

export interface HttpRequest extends RequestIdentity {
  /** With its question mark, or empty. */
  readonly query?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

export interface HttpStream {
  /** The next piece of text, undefined at the end. A character is never cut in two. */
  next(): Promise<Result<string | undefined>>;
  /** Bytes of UTF-8 that came so far. */
  sizeBytes(): number;
  /** Ends the read at the socket. Twice is harmless. */
  cancel(): void;
}

export interface HttpOptions {
  readonly connectTimeoutMs?: number;
  /** From the request sent to the first byte of the answer. */
  readonly headersTimeoutMs?: number;
  /** Between two pieces of an answer, while somebody waits for it. */
  readonly bodyTimeoutMs?: number;
  readonly maxConnections?: number;
  /** False accepts any certificate; for platforms that a person trusts by hand. */
  readonly verifyCertificate?: boolean;
  /** How often a request that may be repeated is tried in all. */
  readonly maxAttempts?: number;
  /** Asked before anything is sent, and again for each redirect: a failure keeps it from being sent. */
  readonly permit?: Permit | undefined;
  readonly scheduler?: Scheduler;
  readonly random?: Random;
}

/** Why a request may not be sent; undefined when it may. `path` may hold a query. */
export type Permit = (
  request: Pick<RequestIdentity, "method" | "path">,
) => Failure | undefined;

/** A platform on another continent connects in well under a second; a name that leads nowhere must not hang. */
const CONNECT_TIMEOUT_MS = 5000;
/** An aggregate over 100,000 drops is the slowest thing that a platform is asked for. */
const HEADERS_TIMEOUT_MS = 30_000;
const BODY_TIMEOUT_MS = 30_000;
/** More do not make one platform faster, and each costs it a socket. */
const MAX_CONNECTIONS = 16;

/** A request that may be repeated is tried this often in all. */
const MAX_ATTEMPTS = 3;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 2000;
/** A server may ask for more patience than a person has. */
const MAX_RETRY_AFTER_MS = 5000;
/** Only what reads may be repeated: a create whose answer was lost would make a second drop. */
const REPEATABLE = new Set(["GET", "HEAD", "MGET", "OPTIONS"]);
/** A server that tidies its paths needs one, a login page none; more are a circle. */
const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const KEEPS_METHOD = new Set([307, 308]);
/** The page that comes with a redirect; a larger one costs the connection. */
const MAX_DISCARDED_BYTES = 65_536;
const UNAVAILABLE = new Set([502, 503, 504]);

export function createHttp(options: HttpOptions = {}): Http {
  const {
    scheduler = systemScheduler,
    random = Math.random,
    maxAttempts = MAX_ATTEMPTS,
  } = options;
  const agent = new Agent({
    connections: options.maxConnections ?? MAX_CONNECTIONS,
    headersTimeout: options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS,
    bodyTimeout: options.bodyTimeoutMs ?? BODY_TIMEOUT_MS,
    connect: {
      timeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      rejectUnauthorized: options.verifyCertificate ?? true,
    },
  });

  const ask = (
    request: HttpRequest,
    target: string,
    signal: AbortSignal | undefined,
  ): Promise<Dispatcher.ResponseData> => {
    const refusal = options.permit?.({ method: request.method, path: target });
    if (refusal !== undefined) return Promise.reject(new NotPermitted(refusal));
    return agent.request({
      origin: request.origin,
      path: target,
      method: request.method as Dispatcher.HttpMethod,
      headers: request.headers,
      body: request.body ?? null,
      // undici follows redirects only when told to.
      ...(signal === undefined ? {} : { signal }),
    });
  };

  /** Follows redirects as far as they may be followed; any other 3xx is an answer like any other, and refused. */
  async function send(
    request: HttpRequest,
    signal: AbortSignal | undefined,
  ): Promise<Dispatcher.ResponseData> {
    let target = request.path + (request.query ?? "");
    for (let redirects = 0; ; redirects += 1) {
      const response = await ask(request, target, signal);
      const next =
        redirects < MAX_REDIRECTS
          ? redirectWithin(request, target, response)
          : undefined;
      if (next === undefined) return response;
      await response.body.dump({ limit: MAX_DISCARDED_BYTES });
      target = next;
    }
  }

  /** Tries until `attempt` answers something that is not worth another try. */
  async function withRetries<T>(
    request: HttpRequest,
    attempt: () => Promise<Attempt<T>>,
  ): Promise<Result<T>> {
    for (let number = 1; ; number += 1) {
      const { result, mayRepeat, retryAfterMs } = await attempt();
      const isLast = number === maxAttempts || !REPEATABLE.has(request.method);
      if (result.ok || !mayRepeat || isLast) return result;
      const delayMs =
        retryAfterMs ?? backOffMs(number, FIRST_RETRY_MS, MAX_RETRY_MS, random);
      const mayGoOn = await pause(scheduler, delayMs, request.signal);
      if (!mayGoOn)
        return failed(failureOfError(request.signal?.reason, request, true));
    }
  }

  async function failureOf<T>(
    request: HttpRequest,
    response: Dispatcher.ResponseData,
  ): Promise<Attempt<T>> {
    const text = await wholeText(response);
    const elsewhere = redirectTarget(request, request.path, response);
    return {
      result: failed(
        elsewhere === undefined
          ? failureOfAnswer(response.statusCode, text, request)
          : redirectedElsewhere(request, response.statusCode, elsewhere),
      ),
      mayRepeat: UNAVAILABLE.has(response.statusCode),
      retryAfterMs: retryAfterMs(response.headers["retry-after"]),
    };
  }

  function broken<T>(request: HttpRequest, error: unknown): Attempt<T> {
    if (error instanceof NotPermitted) {
      return {
        result: failed(error.failure),
        mayRepeat: false,
        retryAfterMs: undefined,
      };
    }
    const failure = failureOfError(
      error,
      request,
      request.signal?.aborted === true,
    );
    const mayRepeat =
      failure.code === "network/closed" ||
      failure.code === "network/unreachable";
    return { result: failed(failure), mayRepeat, retryAfterMs: undefined };
  }

  return {
    request: (request) =>
      withRetries(request, async () => {
        try {
          const response = await send(request, request.signal);
          if (!isSuccess(response.statusCode))
            return await failureOf(request, response);
          const answer = {
            status: response.statusCode,
            text: await wholeText(response),
          };
          return {
            result: success(answer),
            mayRepeat: false,
            retryAfterMs: undefined,
          };
        } catch (error) {
          return broken(request, error);
        }
      }),
    stream: (request) =>
      withRetries(request, async () => {
        const controller = new AbortController();
        const signal =
          request.signal === undefined
            ? controller.signal
            : AbortSignal.any([request.signal, controller.signal]);
        try {
          const response = await send(request, signal);
          if (!isSuccess(response.statusCode))
            return await failureOf(request, response);
          const stream = openStream(
            response,
            { ...request, signal },
            controller,
          );
          return {
            result: success(stream),
            mayRepeat: false,
            retryAfterMs: undefined,
          };
        } catch (error) {
          return broken(request, error);
        }
      }),
    close: () => agent.destroy(),
  };
}

/** Nothing was sent. */
class NotPermitted extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

interface Attempt<T> {
  readonly result: Result<T>;
  readonly mayRepeat: boolean;
  readonly retryAfterMs: number | undefined;
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** Where an answer sends the request to; undefined when it is no redirect. */
function redirectTarget(
  { origin }: HttpRequest,
  target: string,
  { statusCode, headers }: Dispatcher.ResponseData,
): URL | undefined {
  const { location } = headers;
  const isRedirect = REDIRECTS.has(statusCode) && typeof location === "string";
  return isRedirect && URL.canParse(location, origin + target)
    ? new URL(location, origin + target)
    : undefined;
}

/**
 * The path to ask instead, when that may be done: on the same server, because the token goes with it, and for a request
 * that reads, or by a status that keeps the method (RFC 9110, "Redirection 3xx").
 */
function redirectWithin(
  request: HttpRequest,
  target: string,
  response: Dispatcher.ResponseData,
): string | undefined {
  const next = redirectTarget(request, target, response);
  const mayFollow =
    REPEATABLE.has(request.method) || KEEPS_METHOD.has(response.statusCode);
  return next?.origin === new URL(request.origin).origin && mayFollow
    ? next.pathname + next.search
    : undefined;
}

/** `Retry-After` in seconds; a date is not worth its clock's error for waits of this size. */
function retryAfterMs(
  header: string | string[] | undefined,
): number | undefined {
  const seconds =
    typeof header === "string" && /^\d{1,6}$/.test(header)
      ? Number(header)
      : undefined;
  return seconds === undefined
    ? undefined
    : Math.min(seconds * 1000, MAX_RETRY_AFTER_MS);
}

function openStream(
  response: Dispatcher.ResponseData,
  request: HttpRequest,
  controller: AbortController,
): HttpStream {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const body = plainBody(response);
  const pieces = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let sizeBytes = 0;
  let isAtEnd = false;
  return {
    next: async () => {
      try {
        while (!isAtEnd) {
          const piece = await pieces.next();
          if (piece.done === true) {
            isAtEnd = true;
            const rest = decoder.decode();
            return success(rest === "" ? undefined : rest);
          }
          sizeBytes += piece.value.byteLength;
          const text = decoder.decode(piece.value, { stream: true });
          if (text !== "") return success(text);
        }
        return success(undefined);
      } catch (error) {
        isAtEnd = true;
        controller.abort();
        return failed(
          failureOfError(
            asMalformed(error),
            request,
            request.signal?.aborted === true,
          ),
        );
      }
    },
    sizeBytes: () => sizeBytes,
    cancel: () => {
      isAtEnd = true;
      controller.abort();
      // What was under way ends with an error that nobody waits for.
      body.on("error", () => {});
      body.destroy();
    },
  };
}

/** The body as the platform meant it, whatever the way packed it in (RFC 9110, "Content-Encoding"). */
function plainBody({ headers, body }: Dispatcher.ResponseData): Readable {
  const unpack =
    unpackers[String(headers["content-encoding"] ?? "").toLowerCase()];
  if (unpack === undefined) return body;
  const plain = unpack();
  body.on("error", (error) => plain.destroy(error));
  plain.on("close", () => body.destroy());
  return body.pipe(plain);
}

const unpackers: Readonly<
  Record<string, (() => ReturnType<typeof createGunzip>) | undefined>
> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

async function wholeText(response: Dispatcher.ResponseData): Promise<string> {
  const isPacked = response.headers["content-encoding"] !== undefined;
  if (!isPacked) return response.body.text();
  const pieces: Buffer[] = [];
  for await (const piece of plainBody(response) as AsyncIterable<Buffer>)
    pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

/** A text that is no UTF-8 is not an answer of a platform. */
const asMalformed = (error: unknown): unknown =>
  error instanceof TypeError &&
  (error as { code?: unknown }).code === "ERR_ENCODING_INVALID_ENCODED_DATA"
    ? Object.assign(new Error("The answer is not UTF-8."), {
        code: "HPE_INVALID_ENCODING",
      })
    : error;
