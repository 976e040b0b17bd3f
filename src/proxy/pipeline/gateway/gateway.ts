// The proxy in front of a mesh: its listeners, and what comes in through them. Behind it everything
// is as behind a sidecar's outbound side: plans, decisions, endpoints, mTLS.

import assert from "node:assert/strict";
import type { FileSystem } from "#base/file-system.ts";
import type { Log } from "#base/log.ts";
import type { GatewayDoor, Network } from "#proxy/pipeline/network.ts";
import { type BoundListener, bindGateway } from "./bind-gateway.ts";
import { GatewayConnections, type GatewayConnectionsOptions } from "./gateway-connections.ts";
import { GatewayCounters } from "./gateway-counters.ts";
import type { GatewayListenOptions } from "./gateway-listen.ts";
import type { GatewaySettings } from "./gateway-settings.ts";

export type GatewayOptions = Omit<GatewayConnectionsOptions, "counters"> & {
  readonly files: Pick<FileSystem, "read">;
  readonly network: Pick<Network, "gatewayListener">;
  readonly admits: () => boolean;
  readonly handshakesMax: () => number;
  readonly log: Log;
};

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #counters = new GatewayCounters();
  readonly #connections: GatewayConnections;
  #listeners: readonly GatewayDoor[] = [];

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#connections = new GatewayConnections({ ...options, counters: this.#counters });
  }

  // Rejects where it can't serve what the plan says, or can't listen.
  async open(settings: GatewaySettings): Promise<void> {
    const binding = bindGateway(settings, this.#options.files.read);
    if (binding.kind === "refused") throw new Error(binding.reason);
    this.#listeners = await Promise.all(
      binding.listeners.map((bound) => this.#makeListener(bound)),
    );
    await Promise.all(this.#listeners.map((listener) => listener.open()));
  }

  // Hosts, certificates and trusted peers, for the same listeners: connections that are open go on.
  // A string says why all stays as it was.
  replace(settings: GatewaySettings): string | undefined {
    const binding = bindGateway(settings, this.#options.files.read);
    if (binding.kind === "refused") return binding.reason;
    const next = this.#listeners.map(({ bound }) =>
      binding.listeners.find((other) => isSameListener(bound, other)),
    );
    if (next.length !== binding.listeners.length || next.includes(undefined)) {
      return "Cannot change the listeners of a gateway that runs: start another that takes over";
    }
    this.#listeners.forEach((listener, i) => void listener.replace(next[i]!));
    this.#options.log.info("Took another plan for the gateway", { hash: settings.plan.hash });
    return undefined;
  }

  // Stops accepting. What waits in the sockets' queues is for whoever takes over.
  close(): void {
    for (const listener of this.#listeners) listener.close();
  }

  families(): Iterable<string> {
    return this.#counters.families();
  }

  async #makeListener(bound: BoundListener): Promise<GatewayDoor> {
    const { network, codecs, open, admits, handshakesMax } = this.#options;
    assert.ok(network.gatewayListener, "this network has no gateways");
    const options: GatewayListenOptions = {
      tools: codecs,
      counters: this.#counters,
      ...{ open, admits, handshakesMax },
      onStream: (arrived) => this.#connections.take(listener, arrived),
    };
    const listener: GatewayDoor = await network.gatewayListener(bound, options);
    return listener;
  }
}

function isSameListener({ plan: a }: BoundListener, { plan: b }: BoundListener): boolean {
  const isSamePlace = a.name === b.name && a.address === b.address && a.port === b.port;
  return isSamePlace && a.protocol === b.protocol;
}
