// The data plane of one workload, put together; the clock, randomness, the disk and the network are
// parameters (World). A request's way through it:
//
//   outbound listener -> Http1ServerConnection -> OutboundAcceptor -> decide -> Exchange
//     -> pick -> mesh connection (mTLS, HTTP/2) ==> the peer's mesh listener
//   mesh listener -> Http2ServerConnection -> InboundAcceptor -> Exchange -> application

import { Deadlines } from "#base/deadlines.ts";
import { LimitsInForce } from "#base/limits-in-force.ts";
import { PortLessons } from "#proxy/detection/port-lessons.ts";
import { ConnectionPool } from "#proxy/exchange/connection-pool.ts";
import type { ControlLink } from "#proxy/feed/control-link.ts";
import type { IdentityKeeper } from "#proxy/feed/identity-keeper.ts";
import { PlanFeed } from "#proxy/feed/plan-feed.ts";
import { PlanStore } from "#proxy/feed/plan-store.ts";
import type { Telemetry } from "#proxy/telemetry/telemetry.ts";
import { CredentialSlot } from "#proxy/tls/credential-slot.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { allConnectors } from "./all-connectors.ts";
import type { ApplicationPorts } from "./application.ts";
import { applicationOf } from "./application-of.ts";
import { codecToolsOf } from "./codec-tools-of.ts";
import { controlLinkFor } from "./control-link-for.ts";
import { bindDestination } from "./destination.ts";
import { Destinations } from "./destinations.ts";
import { endPatience } from "./end-patience.ts";
import { Endpoints } from "./endpoints.ts";
import { exchangeToolsFor } from "./exchange-tools-for.ts";
import type { GatewaySettings } from "./gateway/gateway-settings.ts";
import { hboneTools } from "./hbone/hbone-tools.ts";
import { identityKeeperFor } from "./identity-keeper-for.ts";
import { installLimits } from "./install-limits.ts";
import { introduction } from "./introduction.ts";
import { Listeners } from "./listeners.ts";
import { MeshConnections } from "./mesh-connections.ts";
import { OutboundRouter } from "./outbound-router.ts";
import { OverloadGuard } from "./overload-guard.ts";
import { ownAddress } from "./own-address.ts";
import { ownWorkload } from "./own-workload.ts";
import { plainPool } from "./plain-port.ts";
import { ProcessMeter } from "./process-meter.ts";
import type { ProxySettings } from "./proxy-settings.ts";
import { startTelemetry } from "./proxy-telemetry.ts";
import { ReadinessProbe } from "./readiness-probe.ts";
import { RequestRecorder } from "./request-recorder.ts";
import { isReportUrgent, type ReportSources, takeReport } from "./take-report.ts";
import { TrafficGate } from "./traffic-gate.ts";
import { UndeclaredPorts } from "./undeclared-ports.ts";
import { Watchers } from "./watchers.ts";
import type { World } from "./world.ts";

export type DrainOptions = {
  // Another process has our name and listens where we did.
  readonly isReplaced?: boolean;
  // Connections that seem idle are kept for a while: what comes on them is answered as their last.
  readonly isPatient?: boolean;
};

export class DataPlane {
  readonly #settings: ProxySettings;
  readonly #world: World;
  readonly #tools: CodecTools;
  readonly #slot = new CredentialSlot();
  readonly #connections: MeshConnections;
  readonly #endpoints: Endpoints;
  readonly #application: ApplicationPorts;
  readonly #destinations: Destinations;
  readonly #feed: PlanFeed;
  readonly #link: ControlLink;
  readonly #keeper: IdentityKeeper;
  readonly #probe: ReadinessProbe;
  readonly #lessons: PortLessons;
  readonly #overload: OverloadGuard;
  readonly #telemetry: Telemetry;
  readonly #watchers: Watchers;
  readonly #reportSources: ReportSources;
  readonly #listeners: Listeners;
  #inboundCame = (): void => {};

  constructor(
    settings: ProxySettings,
    world: World,
    applicationChanged: (isReady: boolean) => void,
  ) {
    const { clock, random, log, network } = world;
    this.#settings = settings;
    this.#world = world;
    const limits = new LimitsInForce();
    const deadlines = new Deadlines(clock);
    this.#overload = new OverloadGuard(world, limits, deadlines);
    this.#tools = codecToolsOf(world, limits, deadlines, this.#overload.buffers);
    const poolTools = { clock, deadlines, random, limits };
    this.#connections = new MeshConnections(clock, deadlines, this.#slot, log);
    const made = allConnectors(world, this.#slot, this.#tools, this.#connections);
    const { connectTo, connectors } = made;
    const hbone = hboneTools(settings, world, this.#slot, this.#connections, this.#tools);
    this.#endpoints = new Endpoints(connectTo, connectors, poolTools, hbone);
    this.#application = applicationOf(settings, world, connectors, poolTools, this.#tools);
    this.#destinations = this.#makeDestinations(deadlines);
    const meter = new ProcessMeter(() => this.#listeners.connectionsOpen);
    this.#lessons = new PortLessons(clock);
    this.#watchers = new Watchers(world, this.#tools, (told) => this.#feed.tell(told));
    this.#telemetry = startTelemetry(settings, clock, meter, {
      accessLog: () => this.#watchers.accessLog,
      inbound: () => this.#destinations.table.inbound,
      certificateExpiresAtMs: () => this.#slot.current?.notAfterMs,
      detections: () => this.#lessons.counts(),
      ejections: () => this.#endpoints.backends.ejections(),
      overload: () => this.#overload.gauges,
    });
    const counted = { clock, meter, telemetry: this.#telemetry, lessons: this.#lessons };
    const recorder = new RequestRecorder(clock);
    const [destinations, { tracer }] = [this.#destinations, this.#watchers];
    this.#reportSources = { ...counted, destinations, recorder, tracer };
    this.#feed = this.#makeFeed();
    const trusted = (trust: readonly string[]) => this.#trust(trust);
    this.#link = controlLinkFor(settings, world, this.#tools, this.#slot, this.#feed, trusted);
    this.#keeper = identityKeeperFor(settings, world, this.#tools, this.#slot, this.#link);
    this.#probe = new ReadinessProbe({
      clock,
      target: settings.readiness,
      dial: network.dial,
      poolTo: (target) => new ConnectionPool(connectors.http(target), plainPool, poolTools),
      changed: (isReady) => {
        this.#feed.setReady(isReady);
        applicationChanged(isReady);
      },
    });
    this.#listeners = this.#makeListeners();
  }

  // Resolves when requests are taken; or with a sentence that says why that can't be.
  async start(): Promise<string | undefined> {
    this.#feed.restore();
    // Listeners that a supervisor holds are another proxy's until this one can take over.
    if (this.#settings.health.descriptor === undefined) {
      const refusal = await this.#listeners.openStatus();
      if (refusal !== undefined) return refusal;
    }
    // An application that outlived its proxy is told to the control plane as ready at once.
    this.#probe.start();
    const denial = await this.#keeper.obtain();
    if (denial !== undefined) return `Cannot join the mesh: ${denial}`;
    this.#slot.onReplace(() => this.#renewed());
    const inbound = new Promise<void>((resolve) => {
      this.#inboundCame = resolve;
    });
    // Else the control plane would take a living application out of service for a moment.
    await this.#probe.answered;
    this.#link.start();
    if (!this.#destinations.table.inbound) await inbound;
    const refusal = await this.#listeners.open();
    if (refusal === undefined) this.#overload.monitor.start();
    return refusal;
  }

  // What it waits for; undefined: it is ready.
  get obstacle(): string | undefined {
    return this.#listeners.obstacle;
  }

  // A string says why the gateway stays as it was.
  replaceGateway(settings: GatewaySettings): string | undefined {
    return this.#listeners.replaceGateway(settings);
  }

  // Not ready any more, for whoever looks; all goes on as before until `drain`.
  announceEnd(): void {
    this.#listeners.announceEnd();
    if (!this.#settings.gateway) this.#feed.setReady(false);
  }

  // Finishes what is open, for a bounded time.
  async drain({ isReplaced = false, isPatient = false }: DrainOptions = {}): Promise<void> {
    // The one that takes over from a gateway has the same name.
    if (!this.#settings.gateway && !isReplaced) this.#feed.setReady(false);
    this.#probe.stop();
    if (!isPatient) endPatience(this.#tools.limits, this.#destinations);
    const { drainGraceMs, drainPatienceMs } = this.#tools.limits.current;
    await this.#listeners.drain(this.#world.clock, drainGraceMs, drainPatienceMs);
    this.#feed.close();
    this.#link.stop();
    this.#overload.monitor.stop();
    this.#keeper.stop();
    this.#application.close();
    this.#endpoints.retain([]);
  }

  #makeDestinations(deadlines: Deadlines): Destinations {
    return new Destinations({
      clock: this.#world.clock,
      deadlines,
      limits: this.#tools.limits,
      bind: (plan, place) =>
        bindDestination(
          plan,
          ownWorkload(this.#settings),
          this.#settings.identity,
          this.#endpoints,
          (key) => this.#telemetry.series(key),
          this.#world.clock.nowMs(),
          this.#settings.gateway !== undefined,
          place,
          this.#destinations.table.inbound?.workload.name,
        ),
      want: (key) => this.#feed.want(key),
      unwant: (key) => this.#feed.forget(key),
    });
  }

  #makeFeed(): PlanFeed {
    const { clock, random, log, files } = this.#world;
    return new PlanFeed({
      ...{ clock, random, log },
      store: new PlanStore(files, this.#settings.stateFolder, log),
      holder: {
        install: (update) => {
          if (update.inbound) {
            installLimits(this.#tools, update.inbound.limits, this.#settings.limits ?? [], log);
            this.#watchers.obey(update.inbound);
          }
          this.#destinations.install(update);
          this.#endpoints.retain(this.#destinations.backendPlans);
          if (update.inbound) {
            this.#listeners.reauthorise();
            this.#inboundCame();
          }
        },
        held: () => this.#destinations.held(),
        dropIdle: () => this.#destinations.dropIdle(),
      },
      self: introduction(this.#settings),
      report: () => takeReport(this.#reportSources),
      isReportUrgent: () => isReportUrgent(this.#reportSources),
      watched: (watches) => this.#watchers.tap.watch(watches),
      trusted: (trust) => this.#trust(trust),
    });
  }

  #trust(trust: readonly string[]): void {
    this.#keeper.trust(trust);
    this.#connections.reverify(trust);
  }

  #makeListeners(): Listeners {
    const { random } = this.#world;
    const seriesOf = this.#telemetry.series.bind(this.#telemetry);
    const toolsFor = exchangeToolsFor(
      this.#world,
      this.#settings,
      this.#tools,
      this.#telemetry,
      this.#overload.monitor,
      { ...this.#watchers, recorder: this.#reportSources.recorder },
    );
    const source = toolsFor("source");
    const gate = new TrafficGate(source);
    return new Listeners({
      overload: this.#overload,
      settings: this.#settings,
      tools: this.#tools,
      slot: this.#slot,
      connections: this.#connections,
      telemetry: this.#telemetry,
      log: this.#world.log,
      network: this.#world.network,
      files: this.#world.files,
      later: this.#world.endOfTick,
      outbound: {
        tools: source,
        router: new OutboundRouter(this.#destinations, random, this.#lessons, gate),
      },
      inbound: {
        tools: toolsFor("destination"),
        application: this.#application,
        undeclared: new UndeclaredPorts(),
        plan: () => this.#destinations.table.inbound,
        identity: () => this.#settings.identity,
        address: ownAddress(this.#settings),
        seriesOf,
      },
    });
  }

  // Our certificate is a new one: connections made with the old one are replaced.
  #renewed(): void {
    this.#endpoints.renew();
    this.#connections.drain();
    this.#link.renew();
  }
}
