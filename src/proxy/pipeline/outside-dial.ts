// Dials what is outside the mesh: an address of a document, or a host that was dialled, whose
// addresses are looked up each time. Nobody gets where the mesh lets nobody, whatever a name
// resolves to.

import { isIP } from "node:net";
import type { Clock } from "#base/clock.ts";
import type { OriginDial } from "#proxy/tls/origin-dial.ts";
import type {
  Dial,
  DialEvents,
  DialFailure,
  Dialing,
  Target,
} from "#proxy/transport/byte-stream.ts";
import { FirstOf } from "#proxy/transport/first-of.ts";
import type { TlsPlan } from "#snapshot/tls-plan.ts";
import { isForbiddenOutside } from "./forbidden-targets.ts";
import type { Resolve } from "./network.ts";

// As PlainEndpointPlan has it.
export type OutsideTarget = Target & { readonly isNamed?: true; readonly tls?: TlsPlan };

// What is spoken in TLS; "" where that isn't told.
export type Spoken = "http/1.1" | "h2" | "";

export type OutsideDial = (
  target: OutsideTarget,
  timeoutMs: number,
  events: DialEvents,
  spoken: Spoken,
) => Dialing;

export type OutsideDialTools = {
  readonly clock: Clock;
  readonly dial: Dial;
  readonly resolve: Resolve;
  readonly originDial: OriginDial;
};

// Of a name with more of them.
const ADDRESSES_TRIED = 4;

export function outsideDial(tools: OutsideDialTools): OutsideDial {
  return (target, timeoutMs, events, spoken) => {
    const { tls, isNamed } = target;
    const dial: Dial = tls
      ? (to, ms, told) => tools.originDial(to, tls, alpnsOf(tls, spoken), ms, told)
      : tools.dial;
    if (!isNamed) return dial(target, timeoutMs, events);
    return new NamedDialing(tools, dial, target, timeoutMs, events);
  };
}

// Istio's proxies tell by these that a caller is one of the mesh.
function alpnsOf({ trust }: TlsPlan, spoken: Spoken): readonly string[] {
  if (trust !== "mesh") return spoken === "" ? [] : [spoken];
  if (spoken === "") return ["istio"];
  return spoken === "h2" ? ["istio-h2", "h2"] : ["istio-http/1.1", "http/1.1"];
}

class NamedDialing implements Dialing {
  readonly #tools: OutsideDialTools;
  readonly #dial: Dial;
  readonly #target: Target;
  readonly #events: DialEvents;
  readonly #endMs: number;
  #isOver = false;
  #current: Dialing | undefined;

  constructor(
    tools: OutsideDialTools,
    dial: Dial,
    target: Target,
    timeoutMs: number,
    events: DialEvents,
  ) {
    this.#tools = tools;
    this.#dial = dial;
    this.#target = target;
    this.#events = events;
    this.#endMs = tools.clock.nowMs() + timeoutMs;
    const timer = tools.clock.after(timeoutMs, () => this.#timedOut(timeoutMs));
    const found = (addresses: readonly string[], reason: string): void => {
      timer.cancel();
      this.#found(addresses, reason);
    };
    if (isIP(target.address) === 0) tools.resolve(target.address, found);
    else this.#current = tools.clock.after(0, () => found([target.address], ""));
  }

  cancel(): void {
    this.#isOver = true;
    this.#current?.cancel();
  }

  #timedOut(timeoutMs: number): void {
    this.#fail({ kind: "timeout", detail: `no address within ${timeoutMs} ms` });
  }

  #found(addresses: readonly string[], reason: string): void {
    if (this.#isOver) return;
    const { address, port } = this.#target;
    if (addresses.length === 0) {
      return this.#fail({ kind: "refused", detail: `${address} has no address: ${reason}` });
    }
    const allowed = addresses.filter((each) => !isForbiddenOutside(each, port));
    if (allowed.length > 0) return this.#try(allowed.slice(0, ADDRESSES_TRIED));
    const detail = `nobody gets to ${addresses.join(", ")} through the mesh`;
    this.#fail({ kind: "refused", detail });
  }

  #try(addresses: readonly string[]): void {
    const { clock } = this.#tools;
    const { port } = this.#target;
    const targets = addresses.map((address) => ({ address, port }));
    const leftMs = Math.max(1, this.#endMs - clock.nowMs());
    this.#current = new FirstOf(this.#dial, clock, targets, leftMs, {
      connected: (stream) => {
        this.#isOver = true;
        this.#events.connected(stream);
      },
      failed: (failure) => this.#fail(failure),
    });
  }

  #fail(failure: DialFailure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#events.failed(failure);
  }
}
