// What the tests of an exchange share: it runs between real connections over streams in memory. The
// test plays the asker on one end and the application on the other, and turns the clock.

import { Deadlines } from "#base/deadlines.ts";
import { FakeClock } from "#base/fake-clock.ts";
import type { LimitPair } from "#base/limits.ts";
import { LimitsInForce } from "#base/limits-in-force.ts";
import { seededRandom } from "#base/random.ts";
import { EndpointLoad } from "#proxy/balancing/endpoint-load.ts";
import { ByteAllowance } from "#proxy/exchange/byte-allowance.ts";
import { ConnectionPool } from "#proxy/exchange/connection-pool.ts";
import type {
  ConnectionOwner,
  DownstreamStream,
  RequestAcceptor,
  RequestEvents,
  UpstreamStream,
} from "#proxy/exchange/exchange.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import { Http1ServerConnection } from "#proxy/http1/server-connection.ts";
import { Http2ClientConnection } from "#proxy/http2/client-connection.ts";
import { Http2ServerConnection } from "#proxy/http2/server-connection.ts";
import { RetryBudget } from "#proxy/resilience/retry-budget.ts";
import { BlockPool } from "#proxy/transport/block-pool.ts";
import { BufferBudget } from "#proxy/transport/buffer-budget.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { type MemoryStream, memoryStreamPair } from "#proxy/transport/memory-stream.ts";
import { TickFlusher } from "#proxy/transport/tick-flusher.ts";
import type { CourseRules } from "./course.ts";
import type { Endpoint, Forwarding, Series } from "./endpoint.ts";
import { Exchange } from "./exchange.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import { ExchangeWatch } from "./exchange-watch.ts";
import { PartyRecord } from "./party-record.ts";
import { RequestIds } from "./request-ids.ts";

const SECOND_MS = 1_000;
const BUFFERS_BYTES = 1024 * 1024;
const NOBODY: ConnectionOwner = { slotsChanged() {}, draining() {}, closed() {} };

export type RigOptions = {
  readonly limits?: readonly LimitPair[];
  readonly peerLimits?: readonly LimitPair[];
  readonly slotsPerConnection?: number;
  // What the rule wants of all requests.
  readonly rules?: CourseRules;
};

export class ExchangeRig {
  readonly clock = new FakeClock();
  readonly tools: CodecTools & { readonly buffers: BufferBudget };
  readonly load = new EndpointLoad();
  // What was counted: "504 stream-idle".
  readonly counted: string[] = [];
  seriesOpen = 0;
  // What reached the application, and how it can answer.
  readonly asked: { readonly head: RequestHead; readonly stream: DownstreamStream }[] = [];
  readonly application = new PartyRecord();
  readonly #exchangeTools: ExchangeTools;
  readonly #forwarding: Forwarding;
  readonly #turns: (() => void)[] = [];
  readonly #peerLimits = new LimitsInForce();
  #asker: Http2ClientConnection | undefined;

  constructor(options: RigOptions = {}) {
    const { limits = [], peerLimits = [], slotsPerConnection = 10, rules } = options;
    this.#peerLimits.replace(peerLimits);
    const { clock } = this;
    this.tools = this.#makeTools(limits);
    const { deadlines } = this.tools;
    const budget = { ratio: 0.2, retriesPerSecond: 10, retriesMax: 10 };
    this.#exchangeTools = {
      clock,
      deadlines,
      watch: new ExchangeWatch(deadlines),
      limits: this.tools.limits,
      random: seededRandom(1),
      ids: new RequestIds(seededRandom(2)),
      budget: new RetryBudget(clock, budget),
      copies: new ByteAllowance(),
      overload: { isRefusing: false },
      unrouted: this.#series,
    };
    this.#forwarding = { ...this.#makeForwarding(slotsPerConnection), rules };
  }

  // Over HTTP/2. What the asker is told stands in the record.
  ask(head: RequestHead): { readonly stream: UpstreamStream; readonly told: PartyRecord } {
    this.#asker ??= this.#connectAsker();
    const told = new PartyRecord();
    const stream = this.#asker.open(head, told);
    told.drain = () => stream.resume();
    this.run();
    return { stream, told };
  }

  // Over HTTP/1, as bytes. `peer` is the asker's end.
  connectHttp1(told: { received: string; hasEnded: boolean }): MemoryStream {
    const [near, peer] = this.#pair();
    new Http1ServerConnection(near, this.#acceptor, this.tools, () => {});
    peer.attach({
      data: (bytes) => {
        told.received += Buffer.from(bytes).toString("latin1");
      },
      ended: () => {
        told.hasEnded = true;
      },
      drained() {},
      closed() {},
    });
    return peer;
  }

  // Lets everything happen that is due.
  run(): void {
    for (let turn = this.#turns.shift(); turn; turn = this.#turns.shift()) turn();
  }

  // In one step.
  advance(ms: number): void {
    this.run();
    this.clock.advance(ms);
    this.run();
  }

  get copiedBytes(): number {
    return this.#exchangeTools.copies.bytes;
  }

  // Second by second, so that peers can answer each other's PINGs.
  pass(seconds: number, each: (second: number) => void = () => {}): void {
    this.run();
    for (let second = 1; second <= seconds; second++) {
      this.clock.advance(SECOND_MS);
      this.run();
      each(second);
      this.run();
    }
  }

  get #series(): Series {
    return {
      began: () => void this.seriesOpen++,
      ended: (status, cause) => {
        this.seriesOpen--;
        this.counted.push(`${status} ${cause}`.trim());
      },
      retried: () => void this.seriesOpen--,
    };
  }

  readonly #acceptor: RequestAcceptor = {
    request: (head, stream) => {
      const exchange = new Exchange(this.#exchangeTools, head, stream);
      exchange.start(this.#forwarding);
      return exchange;
    },
    refuse: () => ({ status: 400, headers: [], contentLength: 0 }),
  };

  readonly #accepting: RequestAcceptor = {
    request: (head, stream): RequestEvents => {
      this.asked.push({ head, stream });
      return this.application;
    },
    refuse: () => ({ status: 400, headers: [], contentLength: 0 }),
  };

  #makeTools(pairs: readonly LimitPair[]): CodecTools & { readonly buffers: BufferBudget } {
    const limits = new LimitsInForce();
    limits.replace(pairs);
    return {
      clock: this.clock,
      deadlines: new Deadlines(this.clock),
      limits,
      flusher: new TickFlusher((run) => void this.#turns.push(run)),
      blocks: new BlockPool(),
      buffers: new BufferBudget(BUFFERS_BYTES),
    };
  }

  #makeForwarding(slotsPerConnection: number): Forwarding {
    const { clock, deadlines, limits } = this.tools;
    const pool = new ConnectionPool(
      (owner, { connected }) => {
        const [near, far] = this.#pair();
        new Http2ServerConnection(far, this.#accepting, this.#peerTools(), () => {});
        this.#turns.push(() => connected(new Http2ClientConnection(near, owner, this.tools)));
        return { cancel() {} };
      },
      () => ({
        connectionsMax: 1,
        slotsPerConnection,
        waitingMax: 10,
        idleTimeoutMs: 3_600 * SECOND_MS,
        lifeMs: 36_000 * SECOND_MS,
      }),
      { clock, deadlines, limits, random: () => 0 },
    );
    const endpoint: Endpoint = {
      address: "127.0.0.1:9000",
      load: this.load,
      isMesh: false,
      poolFor: () => pool,
    };
    const series = this.#series;
    return { endpoints: [endpoint], rule: "", headersFor: () => [], seriesFor: () => series };
  }

  #connectAsker(): Http2ClientConnection {
    const [near, far] = this.#pair();
    new Http2ServerConnection(near, this.#acceptor, this.tools, () => {});
    const asker = new Http2ClientConnection(far, NOBODY, this.#peerTools());
    this.run();
    return asker;
  }

  // The peers keep their own accounts.
  #peerTools(): CodecTools {
    const { clock, flusher } = this.tools;
    const own = { deadlines: new Deadlines(clock), blocks: new BlockPool() };
    return { clock, flusher, limits: this.#peerLimits, ...own };
  }

  #pair(): readonly [ByteStream & MemoryStream, MemoryStream] {
    return memoryStreamPair((run) => void this.#turns.push(run));
  }
}
