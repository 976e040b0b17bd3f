// The proxy's four listeners: outbound and mesh for requests, metrics and health for whoever
// watches.

import type { Clock } from "#base/clock.ts";
import type { FileSystem } from "#base/file-system.ts";
import type { Log } from "#base/log.ts";
import { Http1ServerConnection } from "#proxy/http1/server-connection.ts";
import type { Telemetry } from "#proxy/telemetry/telemetry.ts";
import type { CredentialSlot } from "#proxy/tls/credential-slot.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import type { Listener } from "#proxy/transport/net-listen.ts";
import { HBONE_ALPN, MESH_ALPN } from "./alpn.ts";
import type { Gateway } from "./gateway/gateway.ts";
import type { GatewaySettings } from "./gateway/gateway-settings.ts";
import type { InboundOptions } from "./inbound-acceptor.ts";
import { InboundConnections } from "./inbound-connections.ts";
import type { MeshConnections } from "./mesh-connections.ts";
import type { Network } from "./network.ts";
import { OpenConnections } from "./open-connections.ts";
import type { OutboundOptions } from "./outbound-acceptor.ts";
import { OutboundConnections } from "./outbound-connections.ts";
import type { OverloadGuard } from "./overload-guard.ts";
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
  readonly files: FileSystem;
  readonly outbound: Omit<OutboundOptions, "secret" | "enterTunnel">;
  readonly inbound: InboundOptions;
  readonly overload: OverloadGuard;
};

const METRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

export class Listeners {
  readonly #options: ListenersOptions;
  readonly #listening: Listener[] = [];
  readonly #requests: OpenConnections;
  readonly #pages = new OpenConnections();
  readonly #inbound: InboundConnections;
  #gateway: Gateway | undefined;
  #isDraining = false;

  constructor(options: ListenersOptions) {
    this.#options = options;
    this.#requests = options.overload.connections;
    const { inbound, tools, connections } = options;
    this.#inbound = new InboundConnections(inbound, tools, this.#requests, connections);
  }

  get connectionsOpen(): number {
    return this.#requests.count;
  }

  // Rejects with the system's error where it can't listen.
  async open(): Promise<void> {
    const { gateway } = this.#options.settings;
    if (gateway) await this.#openGateway(gateway);
    else await this.#openSidecar();
    await this.#openPages();
  }

  async #openSidecar(): Promise<void> {
    const { settings, slot, log, network, tools } = this.#options;
    const { overload } = this.#options;
    const secret = new WorkloadSecret(settings.secret);
    const options = { ...this.#options.outbound, secret };
    const outbound = new OutboundConnections(options, tools, this.#requests);
    // One after the other: where one fails, those before it are known to whoever closes them.
    this.#listening.push(
      await network.listen(
        settings.outbound,
        overload.gate((stream) => outbound.take(stream)),
      ),
    );
    this.#listening.push(
      await network.meshListen({
        slot,
        on: settings.mesh,
        alpns: [MESH_ALPN, HBONE_ALPN],
        onStream: (stream, peer, alpn) => this.#inbound.take(stream, peer, alpn),
        admits: () => overload.admits(),
        handshakesMax: () => overload.handshakesMax,
        limits: tools.limits,
        onRefused: (detail) => log.warn("Refused a connection to the mesh port", { detail }),
      }),
    );
    for (const { key, on } of settings.tcp) {
      const take = overload.gate((stream) => outbound.takeDependency(stream, key));
      this.#listening.push(await network.listen(on, take));
    }
  }

  async #openPages(): Promise<void> {
    const { settings, network } = this.#options;
    for (const [on, pages] of [
      [settings.metrics, this.#metricsPages()],
      [settings.health, this.#healthPages()],
    ] as const) {
      this.#listening.push(await network.listen(on, (stream) => this.#serve(stream, pages)));
    }
  }

  // Loaded only here: a sidecar keeps nothing of it in memory.
  async #openGateway(settings: GatewaySettings): Promise<void> {
    const { tools: codecs, outbound, files, network, log, overload } = this.#options;
    const { Gateway } = await import("./gateway/gateway.ts");
    this.#gateway = new Gateway({
      ...outbound,
      ...{ codecs, files, network, log },
      tools: { ...outbound.tools, isForOutside: true },
      open: this.#requests,
      admits: () => overload.admits(),
      handshakesMax: () => overload.handshakesMax,
    });
    await this.#gateway.open(settings);
  }

  // A string says why the gateway stays as it was.
  replaceGateway(settings: GatewaySettings): string | undefined {
    return this.#gateway ? this.#gateway.replace(settings) : "This proxy is no gateway";
  }

  // The inbound plan has changed.
  reauthorise(): void {
    this.#inbound.reauthorise();
  }

  announceEnd(): void {
    this.#isDraining = true;
  }

  // Stops accepting, lets what is open finish, and closes the rest after `graceMs`.
  async drain(clock: Clock, graceMs: number, patienceMs: number): Promise<void> {
    this.announceEnd();
    for (const listener of this.#listening) listener.close();
    this.#gateway?.close();
    await this.#requests.drain(clock, graceMs, patienceMs);
    this.#inbound.close();
    this.#pages.destroy();
  }

  #serve(stream: ByteStream, pages: ReadonlyMap<string, () => StatusPage>): void {
    const acceptor = new StatusAcceptor(pages);
    const { tools } = this.#options;
    this.#pages.add((closed) => new Http1ServerConnection(stream, acceptor, tools, closed));
  }

  #metricsPages(): ReadonlyMap<string, () => StatusPage> {
    const metrics = (): StatusPage => ({
      status: 200,
      type: METRICS_TYPE,
      body: this.#options.telemetry.render(this.#furtherFamilies()),
    });
    // Where Prometheus looks, and where Istio's annotations send it.
    return new Map([
      ["/metrics", metrics],
      ["/stats/prometheus", metrics],
    ]);
  }

  *#furtherFamilies(): Generator<string> {
    yield* this.#options.outbound.router.families();
    if (this.#gateway) yield* this.#gateway.families();
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
