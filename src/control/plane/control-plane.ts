// The control plane, put together: documents and proxies come in, plans and certificates go out,
// and people ask what is going on.

import type { MeshStatus } from "#api/mesh-status.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import type { Timer } from "#base/clock.ts";
import type { Compilation } from "#compile/compile.ts";
import { Authority } from "#control/authority/authority.ts";
import { JoinTokens } from "#control/authority/join-tokens.ts";
import { type Discovery, discover } from "#control/discovery/discover.ts";
import type { ControlCredentials, ControlEvents } from "#control/distribution/control-listener.ts";
import { Distributor } from "#control/distribution/distributor.ts";
import { Registry } from "#control/distribution/registry.ts";
import { Reports } from "#control/reports/reports.ts";
import { TapDesk } from "#control/reports/tap-desk.ts";
import type { DocumentSet } from "#control/sources/document-set.ts";
import { FolderSource } from "#control/sources/folder-source.ts";
import { parseDocuments } from "#control/sources/parse-documents.ts";
import { formatSpiffeId, type SpiffeId } from "#identity/spiffe-id.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import { CertificateDesk } from "./certificate-desk.ts";
import type { ControlSettings, ControlWorld, ProxyEntrance } from "./control-settings.ts";
import type { DocumentDesk } from "./document-desk.ts";
import { documentDeskFor } from "./document-desk-for.ts";
import { JoinedWorkloads } from "./joined-workloads.ts";
import { LastGoodDocuments } from "./last-good-documents.ts";
import { lookUp } from "./look-up.ts";
import { MeshState } from "./mesh-state.ts";
import { meshStatus } from "./mesh-status.ts";
import { NameResolver } from "./name-resolver.ts";
import { OwnCertificate } from "./own-certificate.ts";
import { ProxyDesk } from "./proxy-desk.ts";
import { RevisionStore } from "./revision-store.ts";
import { ServicePorts } from "./service-ports.ts";
import { workloadRows } from "./workload-rows.ts";

const CONTROL_NAME = { namespace: "weft-system", serviceAccount: "control" };
const FORGET_EVERY_MS = 10_000;

export type ControlPlaneOpening =
  | { readonly kind: "opened"; readonly controlPlane: ControlPlane }
  | { readonly kind: "refused"; readonly reason: string };

export class ControlPlane {
  readonly settings: ControlSettings;
  readonly world: ControlWorld;
  readonly authority: Authority;
  readonly identity: SpiffeId;
  readonly tokens: JoinTokens;
  readonly joined: JoinedWorkloads;
  readonly registry: Registry;
  readonly reports: Reports;
  readonly taps = new TapDesk();
  readonly distributor: Distributor;
  readonly certificates: CertificateDesk;
  readonly documentDesk: DocumentDesk;
  readonly #state: MeshState;
  readonly #source: FolderSource;
  readonly #listener: ProxyEntrance;
  readonly #own: OwnCertificate;
  readonly #changed: () => void;
  readonly #startedAtMs: number;
  readonly #lastGood: LastGoodDocuments;
  readonly #names: NameResolver;
  #documents: DocumentSet;
  #discovery: Discovery;
  #forgetting: Timer | undefined;

  // `changed`: documents were read anew.
  static async open(
    settings: ControlSettings,
    world: ControlWorld,
    changed: () => void,
  ): Promise<ControlPlaneOpening> {
    let current: ControlPlane | undefined;
    const path = `${settings.stateFolder}/control/last-good.json`;
    const lastGood = new LastGoodDocuments({ ...world, path });
    const texts = lastGood.load();
    const source = new FolderSource(
      { folder: settings.documents, ...world, lastGood: texts },
      (set) => current?.read(set),
    );
    const documents = source.start();
    const { mesh } = settings;
    const discovery = discover(documents, discoverTexts(texts), mesh);
    const opening = await Authority.open({
      ...world,
      folder: `${settings.stateFolder}/control`,
      trustDomain: discovery.model.mesh.trustDomain,
      // Asked for each certificate: documents may change it.
      get certificateLifeMs() {
        return current?.model.mesh.certificateLifeMs ?? discovery.model.mesh.certificateLifeMs;
      },
    });
    if (opening.kind === "refused") return opening;
    const { authority } = opening;
    const identity = { trustDomain: discovery.model.mesh.trustDomain, ...CONTROL_NAME };
    const own = new OwnCertificate(authority, identity, world.clock, world.log);
    const first = await own.start((renewed) => current?.replace(renewed));
    current = new ControlPlane(
      {
        settings,
        world,
        changed,
        source,
        documents,
        discovery,
        lastGood,
        authority,
        identity,
        own,
      },
      (events) => world.proxyEntrance(first, events, world.log),
    );
    await current.#listener.listen(settings.proxies);
    return { kind: "opened", controlPlane: current };
  }

  private constructor(parts: Parts, listen: (events: ControlEvents) => ProxyEntrance) {
    const { settings, world } = parts;
    const { clock, files, log } = world;
    const folder = `${settings.stateFolder}/control`;
    this.settings = settings;
    this.world = world;
    this.authority = parts.authority;
    this.identity = parts.identity;
    this.#own = parts.own;
    this.#source = parts.source;
    this.#changed = parts.changed;
    this.#documents = parts.documents;
    this.#discovery = parts.discovery;
    this.#lastGood = parts.lastGood;
    this.#startedAtMs = clock.wallMs();
    this.tokens = new JoinTokens({ clock, files, folder, log });
    this.joined = new JoinedWorkloads({ clock, files, path: `${folder}/joined.json`, log });
    const { history } = world;
    this.reports = new Reports({ clock, history: history && ((one) => history.note(one)) });
    const registryOptions = { files, path: `${folder}/registrations.json`, clock, log };
    this.registry = new Registry(registryOptions, () => this.#state.changed());
    this.#names = new NameResolver({
      ...{ clock, log, lookUp: world.lookUp ?? lookUp },
      changed: () => this.#state.changed(),
    });
    this.#state = new MeshState(
      {
        discovery: () => this.#discovery,
        registrations: () => this.registry.all,
        joined: () => this.joined.all,
        names: this.#names,
      },
      new RevisionStore(files, `${folder}/revision`, log),
      clock,
      (snapshot) => {
        this.reports.requests.plans.noteSnapshot(snapshot);
        this.distributor.publish(snapshot);
      },
    );
    this.reports.requests.plans.noteSnapshot(this.#state.snapshot);
    this.distributor = new Distributor(this.#state.snapshot, clock, log);
    this.certificates = new CertificateDesk(this);
    const desk = new ProxyDesk(this);
    this.#listener = listen({
      opened: (peer) => desk.open(peer),
      certificate: (request, identity) => this.certificates.answer(request, identity),
    });
    this.#lastGood.note(parts.documents, parts.discovery.diagnostics);
    this.documentDesk = documentDeskFor(this);
    this.#forgetLater();
  }

  get model() {
    return this.#discovery.model;
  }

  get documents() {
    return this.#documents.documents;
  }

  get snapshot() {
    return this.#state.snapshot;
  }

  get catalog() {
    return this.#state.compilation.catalog;
  }

  get diagnostics(): readonly Diagnostic[] {
    return [
      ...this.#discovery.diagnostics,
      ...this.#state.compilation.diagnostics,
      ...this.servicePorts.diagnostics(this.model.services),
    ];
  }

  get servicePorts(): ServicePorts {
    return new ServicePorts(this.snapshot, this.reports.learnedPorts);
  }

  get controlIdentity(): string {
    return formatSpiffeId(this.identity);
  }

  get workloads(): readonly WorkloadRow[] {
    return workloadRows({
      declared: this.model.workloads,
      joined: this.joined.all,
      services: this.model.services,
      registrations: new Map(this.registry.all.map((one) => [`${one.namespace}/${one.name}`, one])),
      sessions: new Map(this.distributor.sessions.map(({ state }) => [state.key, state])),
      certificates: this.certificates.issued,
    });
  }

  get status(): MeshStatus {
    return meshStatus(this, this.#startedAtMs);
  }

  // ---- for the desk where documents are edited -------------------------------------------------

  get documentSet(): DocumentSet {
    return this.#documents;
  }

  tryOut(set: DocumentSet): Pick<Compilation, "snapshot" | "diagnostics"> {
    const discovery = discover(set, this.#discovery);
    const { snapshot, diagnostics } = this.#state.tryOut(discovery);
    return { snapshot, diagnostics: [...discovery.diagnostics, ...diagnostics] };
  }

  reread(): Promise<number> {
    this.#source.reread();
    return this.#state.settled();
  }

  // The next revision, soon.
  changed(): void {
    this.#state.changed();
  }

  exceedRevision(revision: number): void {
    this.#state.exceed(revision);
  }

  read(set: DocumentSet): void {
    this.#documents = set;
    this.#discovery = discover(set, this.#discovery, this.settings.mesh);
    this.#lastGood.note(set, this.#discovery.diagnostics);
    this.#state.changed();
    this.#changed();
  }

  replace(credentials: ControlCredentials): void {
    this.#listener.replace(credentials);
  }

  close(): void {
    this.#source.stop();
    this.#own.stop();
    this.#forgetting?.cancel();
    this.documentDesk.close();
    this.registry.close();
    this.#names.close();
    this.#listener.close();
    this.reports.close();
  }

  #forgetLater(): void {
    this.#forgetting = this.world.clock.after(FORGET_EVERY_MS, () => {
      if (this.joined.forgetAbsent((key) => this.registry.isConnected(key))) this.changed();
      this.#forgetLater();
    });
  }
}

type Parts = {
  readonly settings: ControlSettings;
  readonly world: ControlWorld;
  readonly changed: () => void;
  readonly source: FolderSource;
  readonly documents: DocumentSet;
  readonly discovery: Discovery;
  readonly lastGood: LastGoodDocuments;
  readonly authority: Authority;
  readonly identity: SpiffeId;
  readonly own: OwnCertificate;
};

function discoverTexts(texts: ReadonlyMap<string, string>): Discovery {
  const files = [...texts].map(([file, text]) => parseDocuments(file, text));
  return discover({ documents: files.flatMap(({ documents }) => documents), diagnostics: [] });
}
