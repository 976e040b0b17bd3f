// What the tests of tunnels share: streams in memory, turns of the event loop that the test takes
// itself, and records of what an exchange was told.

import { Deadlines } from "#base/deadlines.ts";
import { FakeClock } from "#base/fake-clock.ts";
import { LimitsInForce } from "#base/limits-in-force.ts";
import type {
  DownstreamStream,
  ExchangeEvents,
  RequestAcceptor,
  RequestEvents,
} from "#proxy/exchange/exchange.ts";
import type { RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { BlockPool } from "#proxy/transport/block-pool.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { type MemoryStream, memoryStreamPair } from "#proxy/transport/memory-stream.ts";
import { TickFlusher } from "#proxy/transport/tick-flusher.ts";

export const CONNECT: RequestHead = {
  method: "CONNECT",
  scheme: "http",
  authority: "redis.shop:6379",
  path: "",
  headers: [],
  contentLength: -1,
};

export const OPENED: ResponseHead = { status: 200, headers: [], contentLength: -1 };

// What somebody was told, one word each; bytes that follow each other are one word.
export class Record implements RequestEvents, ExchangeEvents {
  readonly told: string[] = [];
  bytes = 0;

  inform(head: ResponseHead): void {
    this.told.push(`inform ${head.status}`);
  }

  head(head: ResponseHead): void {
    this.told.push(`head ${head.status}`);
  }

  data(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    const text = Buffer.from(chunk).toString("latin1");
    const last = this.told.at(-1);
    if (last?.startsWith("data ")) this.told[this.told.length - 1] = last + text;
    else this.told.push(`data ${text}`);
  }

  end(): void {
    this.told.push("end");
  }

  ended(): void {
    this.told.push("end");
  }

  fail({ code, retry }: { readonly code: string; readonly retry: string }): void {
    this.told.push(`fail ${code} ${retry}`);
  }

  drained(): void {
    this.told.push("drained");
  }

  closed(code = ""): void {
    this.told.push(`closed ${code}`.trim());
  }
}

export class Rig {
  readonly tools: CodecTools;
  // The connection under test has `near`; the test plays the peer, on `far`.
  readonly near: MemoryStream;
  readonly far: MemoryStream;
  readonly peer = new Record();
  readonly #turns: (() => void)[] = [];

  constructor(highWaterBytes?: number) {
    const clock = new FakeClock();
    const schedule = (run: () => void) => void this.#turns.push(run);
    this.tools = {
      clock,
      deadlines: new Deadlines(clock),
      flusher: new TickFlusher(schedule),
      blocks: new BlockPool(),
      limits: new LimitsInForce(),
    };
    [this.near, this.far] = memoryStreamPair(schedule, highWaterBytes);
    this.far.attach(this.peer);
  }

  // Lets everything happen that is due.
  run(): void {
    for (let turn = this.#turns.shift(); turn; turn = this.#turns.shift()) turn();
  }

  send(latin1: string): void {
    this.far.write(Buffer.from(latin1, "latin1"));
    this.run();
  }
}

// Accepts, and answers only when the test does.
export class RecordingAcceptor implements RequestAcceptor {
  readonly events = new Record();
  head: RequestHead | undefined;
  stream: DownstreamStream | undefined;

  request(head: RequestHead, stream: DownstreamStream): RequestEvents {
    this.head = head;
    this.stream = stream;
    return this.events;
  }

  refuse(): ResponseHead {
    throw new Error("bytes are never refused");
  }
}
