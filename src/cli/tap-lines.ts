// Tapped requests as lines, like Linkerd's: req, rsp and end, of which the last two repeat who
// talks to whom. What a stranger sent is shown so that no terminal obeys it.

import type { TappedEvent, TappedPeer, TappedRequest } from "#api/tap.ts";
import { bodyLines } from "./body-lines.ts";
import { printable } from "./printable.ts";

// Requests under way whose beginning is remembered; the oldest are forgotten first.
const REMEMBERED_MAX = 10_000;

export class TapLines {
  readonly #isWide: boolean;
  readonly #begun = new Map<string, string>();

  constructor(isWide: boolean) {
    this.#isWide = isWide;
  }

  // Without the last line's end; more than one where there are bodies.
  line(event: TappedEvent): string {
    const parties = this.#partiesOf(event);
    const head = (word: string) => `${word} id=${printable(event.id)}${parties}`;
    switch (event.phase) {
      case "request": {
        const { method, authority, path } = event;
        const said = `:method=${method} :authority=${authority} :path=${path}`;
        return `${head("req")} ${printable(said)}`;
      }
      case "answer":
        return `${head("rsp")} :status=${event.status} latency=${micros(event.latencyMs)}`;
      case "end": {
        this.#begun.delete(event.id);
        const { durationMs, responseBytes, grpcStatus, cause } = event;
        const grpc = grpcStatus === "" ? "" : ` grpc-status=${printable(grpcStatus)}`;
        const reset = cause === "" ? "" : ` cause=${printable(cause)}`;
        const length = `response-length=${responseBytes}B`;
        const line = `${head("end")} duration=${micros(durationMs)} ${length}${grpc}${reset}`;
        return [line, ...bodyLines(event.bodies)].join("\n");
      }
    }
  }

  #partiesOf(event: TappedEvent): string {
    if (event.phase !== "request") return this.#begun.get(event.id) ?? "";
    const parties = this.#parties(event);
    this.#begun.set(event.id, parties);
    if (this.#begun.size > REMEMBERED_MAX) {
      this.#begun.delete(this.#begun.keys().next().value!);
    }
    return parties;
  }

  #parties({ direction, source, destination, isMutualTls, service, route }: TappedRequest) {
    const secured = isMutualTls ? "true" : "not_provided";
    const ends = `src=${place(source)} dst=${place(destination)}`;
    const short = ` proxy=${direction} ${ends} tls=${secured}`;
    if (!this.#isWide) return printable(short);
    const wide = ` src_res=${name(source)} dst_res=${name(destination)} dst_svc=${service || "-"}`;
    return printable(`${short}${wide} route="${route}"`);
  }
}

function place(peer: TappedPeer): string {
  return peer.address || peer.workload || "unknown";
}

function name({ namespace, workload }: TappedPeer): string {
  return workload === "" ? "-" : `${namespace}/${workload}`;
}

function micros(ms: number): string {
  return `${Math.round(ms * 1000)}µs`;
}
