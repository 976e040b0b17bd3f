// The proxy's listeners: outbound (or those for intercepted connections) and mesh for requests,
// metrics and health for whoever watches.

import type { Clock } from "#base/clock.ts";
import type { FileSystem } from "#base/file-system.ts";
import type { Log } from "#base/log.ts";
import type { Telemetry } from "#proxy/telemetry/telemetry.ts";
import type { CredentialSlot } from "#proxy/tls/credential-slot.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import type { Listener } from "#proxy/transport/net-listen.ts";
import { HBONE_ALPN, MESH_ALPN } from "./alpn.ts";
import type { Gateway } from "./gateway/gateway.ts";
import type { GatewaySettings } from "./gateway/gateway-settings.ts";
import type { InboundOptions } from "./inbound-acceptor.ts";
import { InboundConnections } from "./inbound-connections.ts";
import type { Interception } from "./interception/interception.ts";
import type { MeshConnections } from "./mesh-connections.ts";
import type { Network } from "./network.ts";
import type { OpenConnections } from "./open-connections.ts";
import type { OutboundOptions } from "./outbound-acceptor.ts";
import { OutboundConnections } from "./outbound-connections.ts";
import type { OverloadGuard } from "./overload-guard.ts";
import type { InterceptionSettings, ProxySettings } from "./proxy-settings.ts";
import { StatusListeners } from "./status-listeners.ts";
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
  readonly later: (run: () => void) => void;
  readonly outbound: Omit<OutboundOptions, "secret" | "enterTunnel">;
  readonly inbound: InboundOptions;
  readonly overload: OverloadGuard;
};

export class Listeners {
  readonly #options: ListenersOptions;
  readonly #listening: Listener[] = [];
  readonly #requests: OpenConnections;
  readonly #status: StatusListeners;
  readonly #inbound: InboundConnections;
  #gateway: Gateway | undefined;
  #interception: Interception | undefined;

  constructor(options: ListenersOptions) {
    this.#options = options;
    this.#requests = options.overload.connections;
    const { inbound, tools, connections } = options;
    const furtherFamilies = () => this.#furtherFamilies();
    const missing = () => missingOf(options);
    this.#status = new StatusListeners({ ...options, furtherFamilies, missing });
    this.#inbound = new InboundConnections(inbound, tools, this.#requests, connections);
  }

  get connectionsOpen(): number {
    return this.#requests.count;
  }

  // What stands in the way of being ready.
  get obstacle(): string | undefined {
    return this.#status.obstacle;
  }

  // A sentence says why it can't listen.
  open(): Promise<string | undefined> {
    return refusalOf(this.#open());
  }

  // Before all else: whoever watches sees what it waits for.
  openStatus(): Promise<string | undefined> {
    return refusalOf(this.#status.open());
  }

  async #open(): Promise<void> {
    const { gateway } = this.#options.settings;
    if (gateway) await this.#openGateway(gateway);
    else await this.#openSidecar();
    await this.#status.open();
    this.#status.serve();
  }

  async #openSidecar(): Promise<void> {
    const { settings, slot, log, network, tools } = this.#options;
    const { overload } = this.#options;
    const secret = new WorkloadSecret(settings.secret);
    const options = { ...this.#options.outbound, secret };
    const outbound = new OutboundConnections(options, tools, this.#requests);
    const take = overload.gate((stream) => outbound.take(stream));
    // One after the other: where one fails, those before it are known to whoever closes them.
    if (settings.interception) await this.#openInterception(settings.interception);
    else this.#listening.push(await network.listen(settings.outbound, take));
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

  // Loaded only here, as gateways are.
  async #openInterception(settings: InterceptionSettings): Promise<void> {
    const { tools: codecs, network, overload, log, outbound, inbound } = this.#options;
    const { Interception } = await import("./interception/interception.ts");
    const options = { settings, network, codecs, overload, log, outbound, inbound };
    this.#interception = new Interception(options);
    await this.#interception.open((listener) => void this.#listening.push(listener));
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
    this.#interception?.reauthorise();
  }

  announceEnd(): void {
    this.#status.announceEnd();
  }

  // Stops accepting, lets what is open finish, and closes the rest after `graceMs`.
  async drain(clock: Clock, graceMs: number, patienceMs: number): Promise<void> {
    this.announceEnd();
    for (const listener of this.#listening) listener.close();
    this.#status.close();
    this.#gateway?.close();
    await this.#requests.drain(clock, graceMs, patienceMs);
    this.#inbound.close();
    this.#interception?.close();
    this.#status.destroy();
  }

  *#furtherFamilies(): Generator<string> {
    yield* this.#options.outbound.router.families();
    if (this.#gateway) yield* this.#gateway.families();
    if (this.#interception) yield* this.#interception.families();
  }
}

// What must be there before requests are taken.
function missingOf({ slot, inbound }: ListenersOptions): string {
  if (!slot.current) return "no identity yet: the control plane has given out no certificate";
  if (inbound.plan()) return "its listeners are not open yet";
  return "no plan yet: the control plane has not told this workload's";
}

async function refusalOf(opening: Promise<void>): Promise<string | undefined> {
  try {
    await opening;
    return undefined;
  } catch (error) {
    return `Cannot listen: ${error instanceof Error ? error.message : String(error)}`;
  }
}
