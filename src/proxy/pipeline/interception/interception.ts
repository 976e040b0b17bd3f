// The listeners of a workload whose connections the kernel brings here: those that its application
// dials, and those that come for it. Loaded only by such a workload's proxy.

import type { Log } from "#base/log.ts";
import type { InboundOptions } from "#proxy/pipeline/inbound-acceptor.ts";
import type { Destinations, Network } from "#proxy/pipeline/network.ts";
import type { OverloadGuard } from "#proxy/pipeline/overload-guard.ts";
import type { InterceptionSettings } from "#proxy/pipeline/proxy-settings.ts";
import { labelText } from "#proxy/telemetry/label-text.ts";
import { counter } from "#proxy/telemetry/metric-family.ts";
import type { ByteStream, Target } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import type { Listener, ListenOn } from "#proxy/transport/net-listen.ts";
import type { InterceptedOptions } from "./intercepted-acceptor.ts";
import { InterceptedConnections } from "./intercepted-connections.ts";
import { PlaintextConnections } from "./plaintext-connections.ts";

export type InterceptionOptions = {
  readonly settings: InterceptionSettings;
  readonly network: Network;
  readonly codecs: CodecTools;
  readonly overload: OverloadGuard;
  readonly log: Log;
  readonly outbound: InterceptedOptions;
  readonly inbound: InboundOptions;
};

export class Interception {
  readonly #options: InterceptionOptions;
  readonly #outbound: InterceptedConnections;
  readonly #inbound: PlaintextConnections;
  #destinations: Destinations | undefined;

  constructor(options: InterceptionOptions) {
    const { settings, codecs, overload, log, outbound, inbound } = options;
    const open = overload.connections;
    this.#options = options;
    this.#outbound = new InterceptedConnections(outbound, codecs, open);
    const { addresses } = settings;
    this.#inbound = new PlaintextConnections({ inbound, codecs, open, log, addresses });
  }

  // Hands over each listener as soon as it is open. Rejects with the system's error where it can't
  // listen, or can't tell where connections were going.
  async open(opened: (listener: Listener) => void): Promise<void> {
    const { settings, network } = this.#options;
    const { originalDestinations } = network;
    if (!originalDestinations) throw new Error("this network has no original destinations");
    const destinations = await originalDestinations();
    this.#destinations = destinations;
    for (const on of settings.outbound) {
      const take = (stream: ByteStream, to: Target) => this.#outbound.take(stream, to);
      opened(await this.#listen(on, destinations, take));
    }
    for (const on of settings.inbound) {
      const take = (stream: ByteStream, to: Target) => this.#inbound.take(stream, to);
      opened(await this.#listen(on, destinations, take));
    }
  }

  // The inbound plan has changed.
  reauthorise(): void {
    this.#inbound.reauthorise();
  }

  // Connections that were closed since nobody knows where they were going.
  families(): Iterable<string> {
    const help = "Connections whose original destination the kernel didn't tell, by the reason.";
    const misses = Object.entries(this.#destinations?.misses ?? {});
    const samples = misses.map(
      ([reason, count]) => [labelText([["reason", reason]]), count] as const,
    );
    return counter("weft_original_destination_missed", help, samples);
  }

  close(): void {
    this.#inbound.close();
  }

  // Who came here by himself, not by the kernel, would be sent to himself and on and on.
  #listen(
    on: ListenOn,
    destinations: Destinations,
    take: (stream: ByteStream, original: Target) => void,
  ): Promise<Listener> {
    const { network, overload } = this.#options;
    return network.listen(
      on,
      overload.gate((stream) => {
        const original = destinations.of(stream);
        if (original) take(stream, original);
        else stream.destroy();
      }),
    );
  }
}
