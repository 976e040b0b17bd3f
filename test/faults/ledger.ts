// Keeps the books of whatever runs in this process: what a proxy holds and has counted. It watches
// from outside, at the methods that everybody has to go through, so no proxy needs a way to tell.

import assert from "node:assert/strict";
import { Deadlines } from "#base/deadlines.ts";
import { EndpointLoad } from "#proxy/balancing/endpoint-load.ts";
import { ByteAllowance } from "#proxy/exchange/byte-allowance.ts";
import { ConnectionPool } from "#proxy/exchange/connection-pool.ts";
import { Exchange } from "#proxy/pipeline/exchange.ts";
import { GatewayAcceptor } from "#proxy/pipeline/gateway/gateway-acceptor.ts";
import { HboneAcceptor } from "#proxy/pipeline/hbone/hbone-acceptor.ts";
import { InboundAcceptor } from "#proxy/pipeline/inbound-acceptor.ts";
import { MeshConnections } from "#proxy/pipeline/mesh-connections.ts";
import { OpenConnections } from "#proxy/pipeline/open-connections.ts";
import { OutboundAcceptor } from "#proxy/pipeline/outbound-acceptor.ts";
import { TcpAcceptor } from "#proxy/pipeline/tcp-acceptor.ts";
import { RequestSeries } from "#proxy/telemetry/request-series.ts";
import { BufferBudget } from "#proxy/transport/buffer-budget.ts";

type Method = (this: unknown, ...args: unknown[]) => unknown;

export class Ledger {
  exchanges = 0;
  refusals = 0;
  outcomes = 0;
  readonly #deadlines = new Set<Deadlines>();
  readonly #loads = new Set<EndpointLoad>();
  readonly #pools = new Set<ConnectionPool>();
  readonly #connections = new Set<OpenConnections | MeshConnections>();
  readonly #series = new Set<RequestSeries>();
  readonly #budgets = new Set<BufferBudget>();
  readonly #copies = new Set<ByteAllowance>();

  // Watches from now on, in place of the one before.
  open(): this {
    current = this;
    return this;
  }

  get deadlinesPending(): number {
    return sum(this.#deadlines, ({ pending }) => pending);
  }

  // Each with what is wrong with it; none where the books are clean.
  complaints(): readonly string[] {
    const counted = {
      "buffered bytes": sum(this.#budgets, ({ bytes }) => bytes),
      "bytes of copied bodies": sum(this.#copies, ({ bytes }) => Math.abs(bytes)),
      "exchanges in the loads of endpoints": sum(this.#loads, ({ inFlight }) => Math.abs(inFlight)),
      "answers that endpoints owe": sum(this.#loads, ({ awaited }) => Math.abs(awaited)),
      "connections known to be open": sum(this.#connections, ({ count }) => count),
      "connections in pools": sum(this.#pools, ({ connections }) => connections),
      "requests in flight": sum(this.#series, ({ inFlight }) => Math.abs(inFlight)),
      "outcomes more than exchanges": this.outcomes - this.exchanges - this.refusals,
    };
    return Object.entries(counted)
      .filter(([, count]) => count !== 0)
      .map(([what, count]) => `${what}: ${count}`);
  }

  noteSelf(self: unknown): void {
    if (self instanceof Deadlines) this.#deadlines.add(self);
    else if (self instanceof EndpointLoad) this.#loads.add(self);
    else if (self instanceof ConnectionPool) this.#pools.add(self);
    else if (self instanceof RequestSeries) this.#series.add(self);
    else if (self instanceof OpenConnections) this.#connections.add(self);
    else if (self instanceof MeshConnections) this.#connections.add(self);
    else if (self instanceof ByteAllowance) this.#copies.add(self);
    else if (self instanceof BufferBudget) this.#budgets.add(self);
  }
}

let current = new Ledger();

watch(Deadlines, "set", (self) => current.noteSelf(self));
watch(EndpointLoad, "began", (self) => current.noteSelf(self));
watch(ConnectionPool, "wait", (self) => current.noteSelf(self));
watch(ByteAllowance, "take", (self) => current.noteSelf(self));
watch(BufferBudget, "set", (self) => current.noteSelf(self));
watch(OpenConnections, "add", (self) => current.noteSelf(self));
watch(MeshConnections, "add", (self) => current.noteSelf(self));
watch(RequestSeries, "began", (self) => current.noteSelf(self));
watch(RequestSeries, "ended", () => {
  current.outcomes++;
});
const HTTP_ACCEPTORS = [OutboundAcceptor, InboundAcceptor, HboneAcceptor, GatewayAcceptor];
for (const acceptor of [...HTTP_ACCEPTORS, TcpAcceptor]) {
  watch(acceptor, "request", (_, returned) => {
    if (returned instanceof Exchange) current.exchanges++;
  });
}
for (const acceptor of HTTP_ACCEPTORS) {
  watch(acceptor, "refuse", () => {
    current.refusals++;
  });
}

function watch(
  owner: { readonly prototype: object },
  name: string,
  called: (self: unknown, returned: unknown) => void,
): void {
  const method = Reflect.get(owner.prototype, name) as Method;
  assert.equal(typeof method, "function", `${name} is what everybody has to go through`);
  const watched: Method = function (...args) {
    const returned = method.apply(this, args);
    called(this, returned);
    return returned;
  };
  Reflect.set(owner.prototype, name, watched);
}

function sum<Value>(values: Iterable<Value>, of: (value: Value) => number): number {
  let total = 0;
  for (const value of values) total += of(value);
  return total;
}
