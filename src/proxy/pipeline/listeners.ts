// The proxy's four listeners: outbound and mesh for requests, metrics and health for whoever
// watches.

import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { RequestAcceptor } from "#proxy/exchange/exchange.ts";
import { Http1ServerConnection } from "#proxy/http1/server-connection.ts";
import { Http2ServerConnection } from "#proxy/http2/server-connection.ts";
import type { Telemetry } from "#proxy/telemetry/telemetry.ts";
import type { CredentialSlot } from "#proxy/tls/credential-slot.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import type { Listener } from "#proxy/transport/net-listen.ts";
import { MESH_ALPN } from "./alpn.ts";
import { InboundAcceptor, type InboundOptions } from "./inbound-acceptor.ts";
import type { MeshConnections } from "./mesh-connections.ts";
import type { Network } from "./network.ts";
import { OutboundAcceptor, type OutboundOptions } from "./outbound-acceptor.ts";
import type { ProxySettings } from "./proxy-settings.ts";
import { StatusAcceptor, type StatusPage } from "./status-acceptor.ts";
import { WorkloadSecret } from "./workload-secret.ts";

export type ListenersOptions = {
  readonly settings: ProxySettings;
  readonly tools: CodecTools;
  readonly slot: CredentialSlot;
  readonly connections: MeshConnections;
  readonly telemetry: Telemetry;
  readonly log: Log;
  readonly network: Network;
  readonly outbound: Omit<OutboundOptions, "secret">;
  readonly inbound: InboundOptions;
};

type Draining = { drain(): void; destroy(): void };

const POLL_MS = 20;
const METRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

export class Listeners {
  readonly #options: ListenersOptions;
  readonly #listening: Listener[] = [];
  readonly #requests = new Set<Draining>();
  readonly #pages = new Set<Draining>();
  #isDraining = false;

  constructor(options: ListenersOptions) {
    this.#options = options;
  }

  get connectionsOpen(): number {
    return this.#requests.size;
  }

  // Rejects with the system's error where it can't listen.
  async open(): Promise<void> {
    const { settings, slot, log, network } = this.#options;
    const secret = new WorkloadSecret(settings.secret);
    const outbound = { ...this.#options.outbound, secret };
    this.#listening.push(
      await network.listen(settings.outbound, (stream) =>
        this.#take(stream, new OutboundAcceptor(outbound), this.#requests),
      ),
      await network.meshListen({
        slot,
        on: settings.mesh,
        alpn: MESH_ALPN,
        onStream: (stream, peer) => {
          const [address = ""] = stream.remote.split(":");
          const acceptor = new InboundAcceptor(this.#options.inbound, { ...peer, address });
          const connection = new Http2ServerConnection(
            stream,
            acceptor,
            this.#options.tools,
            () => {
              this.#requests.delete(connection);
              closed();
            },
          );
          this.#requests.add(connection);
          const closed = this.#options.connections.add(connection, peer);
        },
        onRefused: (detail) => log.warn("Refused a connection to the mesh port", { detail }),
      }),
      await network.listen(settings.metrics, (stream) => this.#serve(stream, this.#metricsPages())),
      await network.listen(settings.health, (stream) => this.#serve(stream, this.#healthPages())),
    );
  }

  // Stops accepting, lets what is open finish, and closes the rest after `graceMs`.
  async drain(clock: Clock, graceMs: number): Promise<void> {
    this.#isDraining = true;
    for (const listener of this.#listening) listener.close();
    for (const connection of [...this.#requests]) connection.drain();
    const untilMs = clock.nowMs() + graceMs;
    while (this.#requests.size > 0 && clock.nowMs() < untilMs) {
      await new Promise<void>((resolve) => void clock.after(POLL_MS, resolve));
    }
    for (const connection of [...this.#requests, ...this.#pages]) connection.destroy();
  }

  #take(stream: ByteStream, acceptor: RequestAcceptor, among: Set<Draining>): void {
    const connection = new Http1ServerConnection(stream, acceptor, this.#options.tools, () =>
      among.delete(connection),
    );
    among.add(connection);
  }

  #serve(stream: ByteStream, pages: ReadonlyMap<string, () => StatusPage>): void {
    this.#take(stream, new StatusAcceptor(pages), this.#pages);
  }

  #metricsPages(): ReadonlyMap<string, () => StatusPage> {
    const metrics = (): StatusPage => ({
      status: 200,
      type: METRICS_TYPE,
      body: this.#options.telemetry.render(),
    });
    // Where Prometheus looks, and where Istio's annotations send it.
    return new Map([
      ["/metrics", metrics],
      ["/stats/prometheus", metrics],
    ]);
  }

  #healthPages(): ReadonlyMap<string, () => StatusPage> {
    const ready = (): StatusPage =>
      this.#isDraining
        ? { status: 503, type: "text/plain", body: "draining\n" }
        : { status: 200, type: "text/plain", body: "ready\n" };
    const live = (): StatusPage => ({ status: 200, type: "text/plain", body: "live\n" });
    return new Map([
      ["/ready", ready],
      ["/healthz/ready", ready],
      ["/live", live],
    ]);
  }
}
