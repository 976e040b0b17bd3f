// Endpoints that no workload of the mesh is: addresses of documents, what names resolve to, and
// what was dialled itself.

import type { TlsOrigination } from "#ir/destination-policy.ts";
import {
  nameKey,
  type OutsideAddress,
  type OutsidePort,
  type Service,
  type ServicePort,
  type Subset,
  type Workload,
} from "#ir/model.ts";
import { isLinkLocal } from "#ir/outside-target.ts";
import type { EndpointPlan, PlainEndpointPlan, WorkloadPlan } from "#snapshot/plan.ts";
import type { Member, MemberState } from "#snapshot/snapshot.ts";
import type { TlsPlan } from "#snapshot/tls-plan.ts";
import { type Catalog, selectEntries } from "./catalog.ts";
import { tlsPlan } from "./compile-tls.ts";
import { hostOf } from "./host-of.ts";
import { memberPeers } from "./member-peers.ts";
import { peerModeOf } from "./peer-mode.ts";
import { workloadPlan } from "./workload-plan.ts";

export type Inspected = {
  readonly source: Workload | OutsideAddress;
  readonly endpoints: readonly EndpointPlan[];
  readonly member: Member;
};

const HBONE_PORT = 15_008;
// Of a pod's proxy.
const MESH_PORT = 15_008;

export class OutsideEndpoints {
  readonly #catalog: Catalog;
  readonly #service: Service;
  readonly #port: ServicePort;
  readonly #tls: TlsOrigination | undefined;

  constructor(
    catalog: Catalog,
    service: Service,
    port: ServicePort,
    tls: TlsOrigination | undefined,
  ) {
    this.#catalog = catalog;
    this.#service = service;
    this.#port = port;
    this.#tls = tls;
  }

  // Those that the service's documents name.
  listed(subset: Subset | undefined): Inspected[] {
    if (this.#service.isAsDialled) return [this.#asDialled()];
    const own = this.#catalog.outsidesOf.get(nameKey(this.#service)) ?? [];
    const all = own.flatMap(({ addresses, ports }) =>
      addresses
        .filter(({ labels }) => !subset || !labels || bears(labels, subset))
        .map((address) => ({ address, ports })),
    );
    // As Kubernetes does it: where none is ready, those that end serve yet.
    const isAnyReady = all.some(({ address }) => address.isReady);
    return all.map(({ address, ports }) => this.#inspect(address, ports, !isAnyReady));
  }

  // WorkloadEntries that it selects.
  selected(labels: readonly (readonly [string, string])[]): Inspected[] {
    const entries = selectEntries(this.#catalog, this.#service.namespace, labels);
    const { name, port, targetPort } = this.#port;
    const target = typeof targetPort === "number" ? targetPort : port;
    return entries.map(({ endpoint }) => this.#inspect(endpoint, [{ name, port: target }]));
  }

  #inspect(
    outsider: OutsideAddress,
    ports: readonly OutsidePort[],
    takesLeaving = false,
  ): Inspected {
    const workload = outsider.workload ? workloadPlan(outsider.workload) : this.#workload(outsider);
    const source = outsider.workload ?? outsider;
    const { name } = this.#port;
    const port = outsider.ports?.get(name) ?? ports.find((own) => own.name === name)?.port;
    const peers = outsider.workload ? memberPeers(this.#catalog, outsider.workload, port) : {};
    const member = (state: MemberState): Member => ({ workload, state, ...peers });
    const without = (state: MemberState): Inspected => ({
      ...{ source, endpoints: [], member: member(state) },
    });
    if (port === undefined) return without("port-missing");
    const isServing = outsider.isReady || (takesLeaving && outsider.isLeaving === true);
    if (!isServing && !this.#service.takesUnready) return without("not-ready");
    const addresses = this.#addresses(outsider);
    const state = addresses.length > 0 ? "ready" : "unresolved";
    const endpoints = addresses.map((address) => this.#endpoint(workload, address, port, outsider));
    return { source, endpoints, member: member(state) };
  }

  #addresses({ address, resolution }: OutsideAddress): readonly string[] {
    if (resolution === undefined) return [address];
    const found = (this.#catalog.addressesOf(address) ?? []).filter((each) => !isLinkLocal(each));
    return resolution === "first" ? found.slice(0, 1) : found;
  }

  #endpoint(
    workload: WorkloadPlan,
    address: string,
    port: number,
    { isTunnelled, workload: meshed, name }: OutsideAddress,
  ): EndpointPlan {
    const identity = this.#identityOf(workload);
    if (meshed && this.#isCalledByMesh(meshed, port)) {
      const hostname = this.#service.isHeadless && name !== workload.name ? { hostname: name } : {};
      const meshPort = MESH_PORT;
      return { speaks: "weft", workload, port, address, meshPort, identity, ...hostname };
    }
    if (meshed) return { speaks: "plaintext", workload, address, port, ...this.#tlsFor("") };
    if (isTunnelled && identity !== "") {
      return { speaks: "hbone", workload, port, address, meshPort: HBONE_PORT, identity };
    }
    return { speaks: "plaintext", workload, address, port, ...this.#tlsFor(identity) };
  }

  // By mutual TLS to its proxy, unless the rule for its callers, or else its own, wants none.
  #isCalledByMesh(workload: Workload, port: number): boolean {
    const wanted = this.#tls?.kind;
    if (wanted === undefined) return peerModeOf(this.#catalog, workload, port).mode !== "disable";
    return wanted === "mesh" || wanted === "invalid";
  }

  // Where it is said at all, that counts; else who has an identity is asked to show it.
  #tlsFor(identity: string): { readonly tls?: TlsPlan } {
    const wanted = this.#tls ?? (identity === "" ? undefined : ({ kind: "mesh" } as const));
    const tls = wanted && tlsPlan(this.#service, wanted, identity);
    return tls ? { tls } : {};
  }

  #identityOf({ namespace, serviceAccount }: WorkloadPlan): string {
    if (serviceAccount === "") return "";
    return `spiffe://${this.#catalog.mesh.trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
  }

  #asDialled(): Inspected {
    const host = hostOf(this.#service);
    const workload = this.#workload({ name: host });
    const { port, targetPort } = this.#port;
    const endpoint: PlainEndpointPlan = {
      ...{ speaks: "plaintext", workload },
      // A pattern's is known when it is dialled.
      address: host.startsWith("*") ? "" : host,
      port: typeof targetPort === "number" ? targetPort : port,
      isNamed: true,
      ...this.#tlsFor(""),
    };
    const source = { address: host, name: host, isReady: true };
    return { source, endpoints: [endpoint], member: { workload, state: "ready" } };
  }

  #workload({
    name,
    serviceAccount = "",
    labels,
  }: Pick<OutsideAddress, "name" | "serviceAccount" | "labels">): WorkloadPlan {
    const { namespace } = this.#service;
    const app = labels?.get("app") ?? this.#service.name;
    return { namespace, name, serviceAccount, app, version: labels?.get("version") ?? "" };
  }
}

function bears(own: ReadonlyMap<string, string>, { labels }: Subset): boolean {
  return [...labels].every(([name, value]) => own.get(name) === value);
}
