// The control plane, put together: documents and proxies come in, plans and certificates go out,
// and people ask what is going on.

import type { MeshStatus } from "#api/mesh-status.ts";
import type { UnmeshedWorkload } from "#api/unmeshed-workload.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import type { Timer } from "#base/clock.ts";
import type { Compilation } from "#compile/compile.ts";
import type { Authority } from "#control/authority/authority.ts";
import { JoinTokens } from "#control/authority/join-tokens.ts";
import type { Discovery } from "#control/discovery/discover.ts";
import type { ControlCredentials, ControlEvents } from "#control/distribution/control-listener.ts";
import { Distributor } from "#control/distribution/distributor.ts";
import { Registry } from "#control/distribution/registry.ts";
import type { HistorySecond } from "#control/reports/history/history-book.ts";
import { Reports } from "#control/reports/reports.ts";
import { TapDesk } from "#control/reports/tap-desk.ts";
import { postJson } from "#control/reports/traces/post-json.ts";
import { SpanExporter } from "#control/reports/traces/span-exporter.ts";
import type { DocumentSet } from "#control/sources/document-set.ts";
import { formatSpiffeId, type SpiffeId } from "#identity/spiffe-id.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import { nameKey } from "#ir/model.ts";
import type { Registration } from "#snapshot/registration.ts";
import { type Attestor, CertificateDesk } from "./certificate-desk.ts";
import type { ControlSettings, ControlWorld, ProxyEntrance } from "./control-settings.ts";
import type { DocumentDesk } from "./document-desk.ts";
import { documentDeskFor } from "./document-desk-for.ts";
import { JoinedWorkloads } from "./joined-workloads.ts";
import { LatelyChanged } from "./lately-changed.ts";
import { lookUp } from "./look-up.ts";
import { MeshState } from "./mesh-state.ts";
import { meshStatus } from "./mesh-status.ts";
import { NameResolver } from "./name-resolver.ts";
import type { OwnCertificate } from "./own-certificate.ts";
import { ProxyDesk } from "./proxy-desk.ts";
import { RevisionStore, type Revisions } from "./revision-store.ts";
import { ServicePorts } from "./service-ports.ts";
import { workloadRows } from "./workload-rows.ts";

const FORGET_EVERY_MS = 10_000;

export class ControlPlane {
  readonly settings: ControlSettings;
  readonly world: ControlWorld;
  readonly authority: Authority;
  readonly identity: SpiffeId;
  readonly tokens: JoinTokens;
  readonly joined: JoinedWorkloads;
  readonly registry: Registry;
  readonly reports: Reports;
  readonly spans: SpanExporter;
  readonly taps = new TapDesk();
  readonly distributor: Distributor;
  readonly certificates: CertificateDesk;
  readonly documentDesk: DocumentDesk;
  readonly lately: LatelyChanged;
  readonly #state: MeshState;
  readonly #parts: ControlParts;
  readonly #listener: ProxyEntrance;
  readonly #startedAtMs: number;
  readonly #names: NameResolver;
  #documents: DocumentSet;
  #discovery: Discovery;
  #forgetting: Timer | undefined;

  // See open-on-folder.ts and open-in-cluster.ts.
  constructor(parts: ControlParts, listen: (events: ControlEvents) => ProxyEntrance) {
    const { settings, world } = parts;
    const { clock, files, log } = world;
    const folder = `${settings.stateFolder}/control`;
    this.settings = settings;
    this.world = world;
    this.authority = parts.authority;
    this.identity = parts.identity;
    this.#parts = parts;
    this.#documents = parts.documents;
    this.#discovery = parts.discovery;
    this.lately = new LatelyChanged(parts.documents.documents);
    this.#startedAtMs = clock.wallMs();
    this.tokens = new JoinTokens({ clock, files, folder, log });
    this.joined = new JoinedWorkloads({ clock, files, path: `${folder}/joined.json`, log });
    const { history } = world;
    this.spans = new SpanExporter({
      ...{ clock, log, version: settings.version, post: postJson },
      endpoint: () => this.model.mesh.tracing?.endpoint,
    });
    const keep = history && ((second: HistorySecond) => history.note(second));
    this.reports = new Reports({
      ...{ clock, history: keep, spans: this.spans },
      nameOf: (namespace, workload) =>
        this.snapshot.workloads.get(`${namespace}/${workload}`)?.name ?? workload,
    });
    const registryOptions = { files, path: `${folder}/registrations.json`, clock, log };
    this.registry = new Registry(registryOptions, () => this.#state.changed());
    this.#names = new NameResolver({
      ...{ clock, log, lookUp: world.lookUp ?? lookUp },
      changed: () => this.#state.changed(),
    });
    this.#state = new MeshState(
      {
        discovery: () => this.#discovery,
        registrations: () => this.registrations,
        joined: () => this.joined.all,
        names: this.#names,
      },
      parts.revisions ?? new RevisionStore(files, `${folder}/revision`, log),
      clock,
      (snapshot) => {
        this.reports.requests.plans.noteSnapshot(snapshot);
        this.distributor.publish(snapshot);
      },
    );
    this.reports.requests.plans.noteSnapshot(this.#state.snapshot);
    this.distributor = new Distributor(this.#state.snapshot, clock, log);
    this.certificates = this.#openDesk();
    const desk = new ProxyDesk(this);
    this.#listener = listen({
      opened: (peer) => desk.open(peer),
      certificate: (request, identity) => this.certificates.answer(request, identity),
    });
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

  // Where workloads are reached, for people.
  get registrations(): readonly Registration[] {
    return [...this.registry.all, ...(this.#parts.pods?.registrations ?? [])];
  }

  // Whether the cluster tells where it is, and whether it is ready.
  isPod(key: string): boolean {
    return this.#parts.pods?.has(key) ?? false;
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
      registrations: new Map(this.registrations.map((one) => [nameKey(one), one])),
      sessions: new Map(this.distributor.sessions.map(({ state }) => [state.key, state])),
      certificates: this.certificates.issued,
    });
  }

  // Undefined: there are no pods.
  get unmeshed(): readonly UnmeshedWorkload[] | undefined {
    return this.#parts.pods?.unmeshed;
  }

  get status(): MeshStatus {
    return meshStatus(this, this.#startedAtMs);
  }

  // ---- for the desk where documents are edited -------------------------------------------------

  get documentSet(): DocumentSet {
    return this.#documents;
  }

  tryOut(set: DocumentSet): Pick<Compilation, "snapshot" | "diagnostics"> {
    const discovery = this.#parts.discover(set, this.#discovery);
    const { snapshot, diagnostics } = this.#state.tryOut(discovery);
    return { snapshot, diagnostics: [...discovery.diagnostics, ...diagnostics] };
  }

  reread(): Promise<number> {
    this.#parts.source.reread?.();
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
    this.lately.note(set.documents, this.world.clock.wallMs());
    this.#discovery = this.#parts.discover(set, this.#discovery);
    this.#parts.noted?.(set, this.#discovery.diagnostics);
    this.#state.changed();
    this.#parts.changed();
  }

  // For proxies, where the settings say.
  listen(): Promise<number> {
    return this.#listener.listen(this.settings.proxies);
  }

  replace(credentials: ControlCredentials): void {
    this.#listener.replace(credentials);
  }

  // Proxies turn to another replica.
  async drain(): Promise<void> {
    await this.#listener.drain();
    this.close();
  }

  close(): void {
    this.#parts.source.stop();
    this.#parts.own.stop();
    this.#forgetting?.cancel();
    this.documentDesk.close();
    this.registry.close();
    this.#names.close();
    this.#listener.close();
    this.reports.close();
    this.spans.close();
  }

  // On one machine whoever has a certificate was started by the supervisor.
  #openDesk(): CertificateDesk {
    const hasAccount = (identity: SpiffeId) => this.#hasAccount(identity);
    const { tokens } = this;
    const more = this.#parts.pods ? { hasAccount } : {};
    return new CertificateDesk({ ...this.#parts, tokens, ...more });
  }

  #hasAccount({ namespace, serviceAccount }: SpiffeId): boolean {
    return [...this.model.workloads, ...this.joined.all].some(
      (each) => each.namespace === namespace && each.serviceAccount === serviceAccount,
    );
  }

  #forgetLater(): void {
    this.#forgetting = this.world.clock.after(FORGET_EVERY_MS, () => {
      if (this.joined.forgetAbsent((key) => this.registry.isConnected(key))) this.changed();
      this.#forgetLater();
    });
  }
}

// What differs with where documents come from.
export type ControlParts = {
  readonly settings: ControlSettings;
  readonly world: ControlWorld;
  readonly changed: () => void;
  readonly source: { stop(): void; reread?(): void };
  readonly documents: DocumentSet;
  readonly discovery: Discovery;
  // Documents as a model; `previous` is what this returned last.
  readonly discover: (set: DocumentSet, previous: Discovery) => Discovery;
  // A set is in force.
  readonly noted?: (set: DocumentSet, diagnostics: readonly Diagnostic[]) => void;
  readonly authority: Authority;
  readonly identity: SpiffeId;
  readonly own: OwnCertificate;
  // Who may have a first certificate, beside those with a join token.
  readonly attestor?: Attestor;
  readonly revisions?: Revisions;
  readonly pods?: PodView;
};

// Workloads whose proxies are known from the cluster, not by their control streams.
export type PodView = {
  has(key: string): boolean; // "namespace/name"
  readonly registrations: readonly Registration[];
  readonly unmeshed: readonly UnmeshedWorkload[]; // in no mesh
};
