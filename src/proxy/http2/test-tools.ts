// For tests: what a codec needs of a process, and an exchange that is over when its promise is.

import type { Clock } from "#base/clock.ts";
import { Deadlines } from "#base/deadlines.ts";
import { FakeClock } from "#base/fake-clock.ts";
import { LimitsInForce } from "#base/limits-in-force.ts";
import type {
  ExchangeEvents,
  RequestAcceptor,
  UpstreamConnection,
  UpstreamStream,
} from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { Headers, RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { BlockPool } from "#proxy/transport/block-pool.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { TickFlusher } from "#proxy/transport/tick-flusher.ts";

// Deadlines don't pass by themselves, so they keep no test from ending.
export function codecTools(clock: Clock = new FakeClock()): CodecTools {
  return {
    clock,
    deadlines: new Deadlines(clock),
    flusher: new TickFlusher(setImmediate),
    blocks: new BlockPool(),
    limits: new LimitsInForce(),
  };
}

export const GET: RequestHead = {
  method: "GET",
  scheme: "http",
  authority: "catalog:8080",
  path: "/",
  headers: [],
  contentLength: 0,
};

export const OK: ResponseHead = { status: 200, headers: [], contentLength: -1 };

export type Answer = {
  readonly head: ResponseHead | undefined;
  readonly informs: readonly ResponseHead[];
  readonly body: Buffer;
  readonly trailers: Headers;
  readonly failure: Failure | undefined;
};

// Asks, and waits for the whole answer or for the failure.
export function ask(
  connection: UpstreamConnection,
  head: RequestHead,
  send: (stream: UpstreamStream) => void = (stream) => stream.end(),
  drained: (stream: UpstreamStream) => void = () => {},
): Promise<Answer> {
  return new Promise((resolve) => {
    let answerHead: ResponseHead | undefined;
    const informs: ResponseHead[] = [];
    const chunks: Buffer[] = [];
    const finish = (trailers: Headers, failure: Failure | undefined) =>
      resolve({ head: answerHead, informs, body: Buffer.concat(chunks), trailers, failure });
    const events: ExchangeEvents = {
      inform: (interim) => informs.push(interim),
      head(final) {
        answerHead = final;
      },
      data: (chunk) => chunks.push(Buffer.from(chunk)),
      end: (trailers) => finish(trailers, undefined),
      fail: (failure) => finish([], failure),
      drained: () => drained(stream),
    };
    const stream = connection.open(head, events);
    send(stream);
  });
}

// Answers each request with what it brought: its body, and its head as headers and trailers.
export const echo: RequestAcceptor = {
  request(head, stream) {
    stream.respond({
      status: 200,
      headers: ["x-method", head.method, "x-path", head.path, ...head.headers],
      contentLength: head.contentLength,
    });
    return {
      // Backpressure is passed on: what can't be written isn't read.
      data: (chunk) => void (stream.write(chunk) || stream.pause()),
      end: (trailers) => stream.end(trailers),
      fail() {},
      drained: () => stream.resume(),
    };
  },
  refuse: (failure) => ({
    status: failure.code === "head-too-large" ? 431 : 400,
    headers: ["weft-cause", failure.code],
    contentLength: 0,
  }),
};

// Writes all of a body, as its reader allows.
export function pump(body: Buffer): {
  readonly send: (stream: UpstreamStream) => void;
} {
  let at = 0;
  const send = (stream: UpstreamStream) => {
    while (at < body.length) {
      const piece = body.subarray(at, at + 50_000);
      at += piece.length;
      if (!stream.write(piece) && at < body.length) return;
    }
    stream.end();
  };
  return { send };
}
