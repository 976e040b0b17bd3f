// What a cluster is to a control plane, without a kubelet: nodes, services, pods with a proxy among
// their containers, and whoever says of pods that they run and are ready.

import type { ApiAnswer } from "#kubernetes/api-answer.ts";
import type { ClusterApi } from "#kubernetes/cluster-api.ts";

export type ClusterSize = {
  readonly namespaces: number;
  readonly nodes: number;
  readonly services: number;
  readonly podsOfService: number;
  readonly routes: number;
};

const AT_ONCE = 16;
const PATCH = "application/merge-patch+json";
const PATIENCE_MS = 60_000;

export class ClusterWorld {
  readonly size: ClusterSize;
  readonly #api: ClusterApi;

  constructor(api: ClusterApi, size: ClusterSize) {
    this.#api = api;
    this.size = size;
  }

  async fill(): Promise<void> {
    const { namespaces, nodes, services, podsOfService, routes } = this.size;
    const names = Array.from({ length: namespaces }, (_, i) => `team-${i}`);
    await each(["weft-system", ...names], (name) => this.#make("/api/v1/namespaces", { name }));
    await each(names, (name) => this.#account(name));
    await each(numbers(nodes), (i) => this.#make("/api/v1/nodes", { name: `node-${i}` }));
    await each(numbers(services), (i) => this.#service(i));
    await each(numbers(services * podsOfService), (i) => {
      return this.createPod(Math.floor(i / podsOfService), i % podsOfService);
    });
    await each(numbers(routes), (i) => this.#route(i));
  }

  // Until the endpoint slices have all pods.
  async settled(): Promise<void> {
    const wanted = this.size.services * this.size.podsOfService;
    for (;;) {
      const listing = await this.#api.list("/apis/discovery.k8s.io/v1/endpointslices");
      if (listing.kind === "failed") throw new Error(listing.reason);
      const ready = listing.items.flatMap((slice) => readyAddresses(slice)).length;
      if (ready >= wanted) return;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }

  namespaceOf(service: number): string {
    return `team-${service % this.size.namespaces}`;
  }

  podName(service: number, pod: number): string {
    return `service-${service}-pod-${pod}`;
  }

  address(service: number, pod: number): string {
    const number = service * 50 + pod + 1;
    return `172.${20 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
  }

  async createPod(service: number, pod: number): Promise<void> {
    const app = `service-${service}`;
    const node = (service * this.size.podsOfService + pod) % this.size.nodes;
    const image = "nowhere.invalid/app";
    await this.#make(
      this.#pods(service),
      {
        name: this.podName(service, pod),
        labels: { app, version: `v${pod % 2}`, "weft.dev/proxy": "0" },
      },
      {
        spec: {
          nodeName: `node-${node}`,
          initContainers: [{ name: "weft-proxy", image, restartPolicy: "Always" }],
          containers: [{ name: "app", image, ports: [{ containerPort: 8080 }] }],
        },
      },
    );
    await this.setReady(service, pod, true);
  }

  // As a kubelet does.
  async setReady(service: number, pod: number, isReady: boolean): Promise<void> {
    const ip = this.address(service, pod);
    const state = { status: isReady ? "True" : "False" };
    const conditions = ["Ready", "ContainersReady"].map((type) => ({ type, ...state }));
    const status = { phase: "Running", podIP: ip, podIPs: [{ ip }], conditions };
    const path = `${this.#pods(service)}/${this.podName(service, pod)}/status`;
    demand(await this.#api.request("PATCH", path, { status }, PATCH));
  }

  async deletePod(service: number, pod: number): Promise<void> {
    const path = `${this.#pods(service)}/${this.podName(service, pod)}`;
    demand(await this.#api.request("DELETE", path, { gracePeriodSeconds: 0 }));
  }

  #pods(service: number): string {
    return `/api/v1/namespaces/${this.namespaceOf(service)}/pods`;
  }

  // The controller manager makes it; without it there are no pods.
  async #account(namespace: string): Promise<void> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
    const endMs = performance.now() + PATIENCE_MS;
    while ((await this.#api.request("GET", path)).status !== 200) {
      if (performance.now() > endMs) throw new Error(`${path} does not come`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async #service(i: number): Promise<void> {
    await this.#make(
      `/api/v1/namespaces/${this.namespaceOf(i)}/services`,
      { name: `service-${i}` },
      {
        spec: {
          selector: { app: `service-${i}` },
          ports: [{ name: "http", port: 80, targetPort: 8080 }],
        },
      },
    );
  }

  // Splits between a service and the next of its namespace.
  async #route(i: number): Promise<void> {
    const other = (i + this.size.namespaces) % this.size.services;
    const backendRefs = [
      { name: `service-${i}`, port: 80, weight: 90 },
      { name: `service-${other}`, port: 80, weight: 10 },
    ];
    const parentRefs = [{ group: "", kind: "Service", name: `service-${i}`, port: 80 }];
    const path = "/apis/gateway.networking.k8s.io/v1/namespaces";
    await this.#make(
      `${path}/${this.namespaceOf(i)}/httproutes`,
      { name: `route-${i}` },
      {
        ...{ apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" },
        spec: { parentRefs, rules: [{ backendRefs }] },
      },
    );
  }

  async #make(path: string, metadata: object, rest: object = {}): Promise<void> {
    const answer = await this.#api.request("POST", path, { metadata, ...rest });
    // It is there already.
    if (answer.status !== 409) demand(answer);
  }
}

// Of an EndpointSlice (discovery.k8s.io/v1).
export function readyAddresses(slice: object): readonly string[] {
  const { endpoints } = slice as Slice;
  return (endpoints ?? []).flatMap(({ addresses, conditions }) =>
    conditions?.ready === false ? [] : addresses,
  );
}

type Slice = {
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
  }[];
};

function demand({ status, reason }: ApiAnswer): void {
  if (status < 200 || status >= 300) throw new Error(reason);
}

async function each<T>(all: readonly T[], run: (one: T) => Promise<void>): Promise<void> {
  const queue = [...all];
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await run(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}
