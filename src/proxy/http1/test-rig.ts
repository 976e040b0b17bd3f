// What the tests of both connections share: streams in memory, a clock that stands still, and turns
// of the event loop that the test takes itself.

import { Deadlines } from "#base/deadlines.ts";
import { FakeClock } from "#base/fake-clock.ts";
import { LimitsInForce } from "#base/limits-in-force.ts";
import { ANSWERS } from "#proxy/exchange/answers.ts";
import type {
  ConnectionOwner,
  DownstreamStream,
  ExchangeEvents,
  RequestAcceptor,
  RequestEvents,
} from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { Headers, RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { BlockPool } from "#proxy/transport/block-pool.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { type MemoryStream, memoryStreamPair } from "#proxy/transport/memory-stream.ts";
import { TickFlusher } from "#proxy/transport/tick-flusher.ts";
import { Http1ClientConnection } from "./client-connection.ts";
import { Http1ServerConnection } from "./server-connection.ts";

export class RecordedRequest implements RequestEvents {
  readonly head: RequestHead;
  readonly stream: DownstreamStream;
  body = "";
  trailers: Headers | undefined;
  failure: Failure | undefined;
  drains = 0;
  readonly #ended: (request: RecordedRequest) => void;

  constructor(head: RequestHead, stream: DownstreamStream, ended: typeof answerOk) {
    this.head = head;
    this.stream = stream;
    this.#ended = ended;
  }

  data(chunk: Uint8Array): void {
    this.body += Buffer.from(chunk).toString("latin1");
  }

  end(trailers: Headers): void {
    this.trailers = trailers;
    this.#ended(this);
  }

  fail(failure: Failure): void {
    this.failure = failure;
  }

  drained(): void {
    this.drains++;
  }
}

export type RigOptions = {
  readonly ended?: (request: RecordedRequest) => void;
  readonly started?: (request: RecordedRequest) => void;
  readonly highWaterBytes?: number;
};

// The peer of a connection under test: a stream whose other end we hold.
class Rig {
  readonly clock = new FakeClock();
  readonly tools: CodecTools;
  readonly near: MemoryStream;
  readonly peer: MemoryStream;
  received = "";
  peerEnded = false;
  peerClosed: string | undefined;
  readonly #turns: (() => void)[] = [];

  constructor(highWaterBytes?: number) {
    const schedule = (run: () => void) => void this.#turns.push(run);
    this.tools = {
      clock: this.clock,
      deadlines: new Deadlines(this.clock),
      flusher: new TickFlusher(schedule),
      blocks: new BlockPool(),
      limits: new LimitsInForce(),
    };
    [this.near, this.peer] = memoryStreamPair(schedule, highWaterBytes);
    this.peer.attach({
      data: (bytes) => {
        this.received += Buffer.from(bytes).toString("latin1");
      },
      ended: () => {
        this.peerEnded = true;
      },
      drained: () => {},
      closed: (code) => {
        this.peerClosed = code;
      },
    });
  }

  // Lets everything happen that is due without time passing.
  run(): void {
    for (let turn = this.#turns.shift(); turn; turn = this.#turns.shift()) turn();
  }

  send(latin1: string): void {
    this.peer.write(Buffer.from(latin1, "latin1"));
    this.run();
  }

  advance(ms: number): void {
    this.clock.advance(ms);
    this.run();
  }

  take(): string {
    const text = this.received;
    this.received = "";
    return text;
  }
}

export class ServerRig extends Rig {
  readonly requests: RecordedRequest[] = [];
  readonly refused: Failure[] = [];
  readonly connection: Http1ServerConnection;
  closed = 0;

  constructor(options: RigOptions = {}) {
    super(options.highWaterBytes);
    const acceptor: RequestAcceptor = {
      request: (head, stream) => {
        const request = new RecordedRequest(head, stream, options.ended ?? answerOk);
        this.requests.push(request);
        options.started?.(request);
        return request;
      },
      refuse: (failure) => {
        this.refused.push(failure);
        const { status } = ANSWERS[failure.code];
        return { status, headers: ["weft-cause", failure.code], contentLength: 0 };
      },
    };
    this.connection = new Http1ServerConnection(this.near, acceptor, this.tools, () => {
      this.closed++;
    });
  }

  get request(): RecordedRequest {
    return this.requests.at(-1)!;
  }
}

export function answerOk({ stream }: RecordedRequest): void {
  stream.respond({ status: 200, headers: ["date", "now"], contentLength: 2 });
  stream.write(Buffer.from("ok"));
  stream.end();
}

export const OK = "HTTP/1.1 200 OK\r\ndate: now\r\ncontent-length: 2\r\n\r\nok";
export const OK_AND_CLOSE =
  "HTTP/1.1 200 OK\r\ndate: now\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";

export class RecordedAnswer implements ExchangeEvents {
  readonly informs: ResponseHead[] = [];
  answer: ResponseHead | undefined;
  body = "";
  trailers: Headers | undefined;
  failure: Failure | undefined;
  drains = 0;

  inform(head: ResponseHead): void {
    this.informs.push(head);
  }

  head(head: ResponseHead): void {
    this.answer = head;
  }

  data(chunk: Uint8Array): void {
    this.body += Buffer.from(chunk).toString("latin1");
  }

  end(trailers: Headers): void {
    this.trailers = trailers;
  }

  fail(failure: Failure): void {
    this.failure = failure;
  }

  drained(): void {
    this.drains++;
  }
}

export class ClientRig extends Rig implements ConnectionOwner {
  readonly connection: Http1ClientConnection;
  readonly told: string[] = [];

  constructor(options: RigOptions = {}) {
    super(options.highWaterBytes);
    this.connection = new Http1ClientConnection(this.near, this, this.tools);
  }

  slotsChanged(): void {
    this.told.push("slots");
  }

  draining(): void {
    this.told.push("draining");
  }

  closed(): void {
    this.told.push("closed");
  }
}

export function requestHead(head: Partial<RequestHead> = {}): RequestHead {
  return {
    method: "GET",
    scheme: "http",
    authority: "ratings:8080",
    path: "/",
    headers: [],
    contentLength: 0,
    ...head,
  };
}
