// The outbound side of a proxy on a plan, as it is composed in a data plane: real codecs on both
// sides over streams in memory, a clock that the test turns. What comes of a request is noted where
// it happens: at the asker, at each upstream, and in the counters.

import { Deadlines } from "#base/deadlines.ts";
import { FakeClock } from "#base/fake-clock.ts";
import { LimitsInForce } from "#base/limits-in-force.ts";
import type { Random } from "#base/random.ts";
import { PortLessons } from "#proxy/detection/port-lessons.ts";
import { ByteAllowance } from "#proxy/exchange/byte-allowance.ts";
import type { ConnectionOwner, DownstreamStream } from "#proxy/exchange/exchange.ts";
import type { Headers, RequestHead } from "#proxy/exchange/heads.ts";
import { Http1ClientConnection } from "#proxy/http1/client-connection.ts";
import { Http1ServerConnection } from "#proxy/http1/server-connection.ts";
import { Http2ClientConnection } from "#proxy/http2/client-connection.ts";
import { Http2ServerConnection } from "#proxy/http2/server-connection.ts";
import { plainConnectors } from "#proxy/pipeline/connectors.ts";
import { bindDestination } from "#proxy/pipeline/destination.ts";
import { Destinations } from "#proxy/pipeline/destinations.ts";
import type { Series } from "#proxy/pipeline/endpoint.ts";
import { Endpoints } from "#proxy/pipeline/endpoints.ts";
import type { ExchangeTools } from "#proxy/pipeline/exchange-tools.ts";
import { ExchangeWatch } from "#proxy/pipeline/exchange-watch.ts";
import { OutboundAcceptor } from "#proxy/pipeline/outbound-acceptor.ts";
import { OutboundRouter } from "#proxy/pipeline/outbound-router.ts";
import { PartyRecord } from "#proxy/pipeline/party-record.ts";
import { RequestIds } from "#proxy/pipeline/request-ids.ts";
import { RequestRecorder } from "#proxy/pipeline/request-recorder.ts";
import { retryBudgetInForce } from "#proxy/pipeline/retry-budget-in-force.ts";
import { TrafficGate } from "#proxy/pipeline/traffic-gate.ts";
import { WorkloadSecret } from "#proxy/pipeline/workload-secret.ts";
import { BlockPool } from "#proxy/transport/block-pool.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { type MemoryStream, memoryStreamPair } from "#proxy/transport/memory-stream.ts";
import { TickFlusher } from "#proxy/transport/tick-flusher.ts";
import type { OutboundPlan } from "#snapshot/plan.ts";
import type { SeriesKey } from "#snapshot/report.ts";

export const CALLER = { namespace: "bookshop", name: "web" };
const SECRET = "secret";
const TOLD_WITHIN_MS = 20_000;
const STEP_MS = 10;
const NOBODY: ConnectionOwner = { slotsChanged() {}, draining() {}, closed() {} };

// What an upstream does with a request.
export type Fate = number | "reset" | "silence"; // or answers with that status

export type Came = {
  readonly status: number; // 0: none
  readonly headers: Headers;
  // Where it arrived, in order, and what was done there.
  readonly arrived: readonly (readonly [address: string, fate: Fate])[];
  // The series that it was counted in last.
  readonly counted: SeriesKey | undefined;
};

export class DecidingProxy {
  readonly clock = new FakeClock();
  readonly recorder = new RequestRecorder(this.clock);
  readonly #turns: (() => void)[] = [];
  readonly #tools: CodecTools;
  readonly #acceptorFor: (isHttp2: boolean) => OutboundAcceptor;
  readonly #fateOf: (address: string) => Fate;
  #arrived: (readonly [string, Fate])[] = [];
  #counted: SeriesKey | undefined;

  constructor(
    plan: OutboundPlan,
    keys: readonly string[],
    random: Random,
    fateOf: (address: string) => Fate,
    shownName: string = CALLER.name,
  ) {
    this.#fateOf = fateOf;
    this.#tools = this.#codecTools();
    const { deadlines, limits } = this.#tools;
    const { clock, recorder } = this;
    const poolTools = { clock, deadlines, random, limits };
    const plain = plainConnectors(() => ({ cancel() {} }), this.#tools);
    const hbone = {
      codec: this.#tools,
      pools: poolTools,
      connectTo: () => () => ({ cancel() {} }),
      headers: [],
    };
    const endpoints = new Endpoints(
      ({ address, meshPort }) => this.#connect(`${address}:${meshPort}`),
      plain,
      poolTools,
      hbone,
    );
    const source = { ...CALLER, serviceAccount: "web", app: "web", version: "" };
    const destinations = new Destinations({
      ...{ clock, deadlines, limits },
      bind: (bound) =>
        bindDestination(
          ...([bound, source, "", endpoints] as const),
          ...([(key: SeriesKey) => this.#series(key), clock.nowMs(), false] as const),
          ...([undefined, shownName] as const),
        ),
      want() {},
      unwant() {},
    });
    destinations.install({
      ...{ type: "update", revision: 1, plans: [plan], removed: [], inbound: undefined },
      keys: keys.map((key) => [key, plan.id]),
    });
    const tools: ExchangeTools = {
      ...{ clock, deadlines, limits, random, recorder },
      ids: new RequestIds(random),
      watch: new ExchangeWatch(deadlines),
      budget: retryBudgetInForce(clock, limits),
      copies: new ByteAllowance(),
      overload: { isRefusing: false },
      unrouted: this.#series(undefined),
    };
    const gate = new TrafficGate(tools);
    const router = new OutboundRouter(destinations, random, new PortLessons(clock), gate);
    const secret = new WorkloadSecret(SECRET);
    const enterTunnel = () => new PartyRecord();
    const options = { tools, router, secret, enterTunnel };
    this.#acceptorFor = (isHttp2) => new OutboundAcceptor(options, "", isHttp2);
  }

  // Sends it over a connection of its own, and turns the clock until it is answered.
  ask(head: RequestHead, key: string, isHttp2: boolean): Came {
    this.#arrived = [];
    this.#counted = undefined;
    const [near, far] = this.#pair();
    const acceptor = this.#acceptorFor(isHttp2);
    if (isHttp2) new Http2ServerConnection(near, acceptor, this.#tools, () => {});
    else new Http1ServerConnection(near, acceptor, this.#tools, () => {});
    const asker = isHttp2
      ? new Http2ClientConnection(far, NOBODY, this.#peerTools())
      : new Http1ClientConnection(far, NOBODY, this.#peerTools());
    this.#run();
    const told = new PartyRecord();
    asker.open({ ...head, path: `/~${SECRET}/${key}${head.path}` }, told).end();
    for (let ms = 0; ms < TOLD_WITHIN_MS && !isOver(told); ms += STEP_MS) {
      this.#run();
      if (!isOver(told)) this.clock.advance(STEP_MS);
    }
    // Copies for mirrors, and what is counted at the very end.
    this.#run();
    // Not in order: over HTTP/1 an orderly end says only that no more requests come.
    far.reset();
    this.#run();
    const status = Number(/^head (\d+)/.exec(told.told.join("\n"))?.[1] ?? 0);
    return { status, headers: told.headers, arrived: this.#arrived, counted: this.#counted };
  }

  #connect(address: string) {
    return (
      owner: ConnectionOwner,
      { connected }: { connected(connection: Http2ClientConnection): void },
    ) => {
      const [near, far] = this.#pair();
      const accepting = {
        request: (_: RequestHead, stream: DownstreamStream) => this.#arrive(address, stream),
        refuse: () => ({ status: 400, headers: [], contentLength: 0 }),
      };
      new Http2ServerConnection(far, accepting, this.#peerTools(), () => {});
      this.#turns.push(() => connected(new Http2ClientConnection(near, owner, this.#tools)));
      return { cancel() {} };
    };
  }

  #arrive(address: string, stream: DownstreamStream) {
    const fate = this.#fateOf(address);
    this.#arrived.push([address, fate]);
    this.#turns.push(() => {
      if (fate === "silence") return;
      if (fate === "reset") {
        const failure = { code: "upstream-reset", side: "upstream", retry: "never" } as const;
        return stream.reset({ ...failure, detail: "the application broke off" });
      }
      stream.respond({ status: fate, headers: [], contentLength: 0 });
      stream.end();
    });
    return new PartyRecord();
  }

  #series(key: SeriesKey | undefined): Series {
    return {
      began() {},
      retried() {},
      ended: () => {
        this.#counted = key;
      },
    };
  }

  #run(): void {
    for (let turn = this.#turns.shift(); turn; turn = this.#turns.shift()) turn();
  }

  #codecTools(): CodecTools {
    const { clock } = this;
    return {
      clock,
      deadlines: new Deadlines(clock),
      limits: new LimitsInForce(),
      flusher: new TickFlusher((run) => void this.#turns.push(run)),
      blocks: new BlockPool(),
    };
  }

  // The peers keep their own accounts.
  #peerTools(): CodecTools {
    return { ...this.#codecTools(), flusher: this.#tools.flusher };
  }

  #pair(): readonly [MemoryStream, MemoryStream] {
    return memoryStreamPair((run) => void this.#turns.push(run));
  }
}

function isOver({ told }: PartyRecord): boolean {
  const last = told.at(-1) ?? "";
  return last === "end" || last.startsWith("fail");
}
