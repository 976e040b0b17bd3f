// The network as a parameter: sockets and TLS in a process, something virtual in a simulator.

import { lookup } from "node:dns";
import type { Clock } from "#base/clock.ts";
import { type MeshDial, type MeshDialOptions, meshDial } from "#proxy/tls/mesh-dial.ts";
import { type MeshListenOptions, meshListen } from "#proxy/tls/mesh-listen.ts";
import type { OriginContexts } from "#proxy/tls/origin-contexts.ts";
import { type OriginDial, originDial } from "#proxy/tls/origin-dial.ts";
import type { ByteStream, Dial, Target } from "#proxy/transport/byte-stream.ts";
import { netDial } from "#proxy/transport/net-dial.ts";
import { type Listener, type ListenOn, netListen } from "#proxy/transport/net-listen.ts";
import type { BoundListener } from "./gateway/bind-gateway.ts";
import type { GatewayListener, GatewayListenOptions } from "./gateway/gateway-listen.ts";

// A gateway's listener, whatever its sockets are.
export type GatewayDoor = Pick<GatewayListener, "bound" | "open" | "replace" | "close">;

// Undefined: nobody redirected it, or the kernel doesn't know any more. Asked before the stream is
// attached to.
export type Destinations = {
  // Undefined: nobody knows, and `misses` has counted why.
  of(stream: ByteStream): Target | undefined;
  readonly misses: Readonly<Record<string, number>>;
};

export type Resolve = (
  host: string,
  found: (addresses: readonly string[], reason: string) => void,
) => void;

export type Network = {
  readonly dial: Dial;
  readonly listen: (on: ListenOn, accept: (stream: ByteStream) => void) => Promise<Listener>;
  // The addresses of a host; none, with a reason.
  readonly resolve: Resolve;
  // Where an accepted connection was going before the kernel redirected it; rejects where this
  // system can't say it.
  readonly originalDestinations?: () => Promise<Destinations>;
  // TLS to the outside.
  readonly originDial: (clock: Clock, contexts: OriginContexts) => OriginDial;
  // With mTLS, both of them.
  readonly meshDial: (options: MeshDialOptions) => MeshDial;
  readonly meshListen: (options: MeshListenOptions) => Promise<Listener>;
  // For gateways, where the network has any.
  readonly gatewayListener?: (
    bound: BoundListener,
    options: GatewayListenOptions,
  ) => Promise<GatewayDoor>;
};

export function systemNetwork(clock: Clock): Network {
  const dial = netDial(clock);
  return {
    ...{ dial, resolve, originDial, listen: netListen, meshDial, meshListen },
    ...{ gatewayListener, originalDestinations },
  };
}

// Loaded only where connections are intercepted.
const originalDestinations: NonNullable<Network["originalDestinations"]> = async () => {
  const { OriginalDestinations } = await import("#proxy/interception/original-destination.ts");
  return OriginalDestinations.open();
};

const resolve: Resolve = (host, found) =>
  lookup(host, { all: true }, (error, addresses) => {
    if (error) found([], error.code ?? error.message);
    else
      found(
        addresses.map(({ address }) => address),
        "",
      );
  });

// A sidecar never loads it.
const gatewayListener: NonNullable<Network["gatewayListener"]> = async (bound, options) => {
  const { GatewayListener } = await import("./gateway/gateway-listen.ts");
  return new GatewayListener(bound, options);
};
