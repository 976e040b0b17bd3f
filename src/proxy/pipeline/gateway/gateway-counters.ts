// What a gateway counts of connections; requests are counted as everywhere.

import { labelText } from "#proxy/telemetry/label-text.ts";
import { counter } from "#proxy/telemetry/metric-family.ts";

// Why a connection was closed before anything was asked on it.
export type ConnectionRefusal =
  | "too-many" // connections, or handshakes under way
  | "proxy-untrusted" // PROXY protocol is required, and only others may speak it
  | "proxy-malformed"
  | "proxy-timeout"
  | "handshake-failed"
  | "not-tls"
  | "hello-timeout"
  | "name-missing"
  | "name-unknown";

export class GatewayCounters {
  readonly #accepted = new Map<string, number>();
  readonly #refused = new Map<string, number>();
  readonly #passed = new Map<string, number>();

  accepted(listener: string): void {
    add(this.#accepted, labelText([["listener", listener]]));
  }

  refused(listener: string, cause: ConnectionRefusal): void {
    const labels = labelText([
      ["listener", listener],
      ["cause", cause],
    ]);
    add(this.#refused, labels);
  }

  // `host` is the plan's: there are only so many.
  passedThrough(listener: string, host: string): void {
    const labels = labelText([
      ["listener", listener],
      ["host", host],
    ]);
    add(this.#passed, labels);
  }

  *families(): Generator<string> {
    yield* counter("weft_gateway_connections", "Connections that came in.", this.#accepted);
    const refused = "Connections closed before anything was asked on them.";
    yield* counter("weft_gateway_connections_refused", refused, this.#refused);
    const passed = "TLS connections passed on as they are, by the host that they are for.";
    yield* counter("weft_gateway_connections_passed", passed, this.#passed);
  }
}

function add(counts: Map<string, number>, labels: string): void {
  counts.set(labels, (counts.get(labels) ?? 0) + 1);
}
