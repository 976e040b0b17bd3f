// A mesh of any size, as documents: services in namespaces, several pods behind each, routes for
// some of them. A quarter of the services has its endpoints in EndpointSlices.

import type { Document, JsonObject } from "#ir/document.ts";
import { plainDocument } from "#ir/plain-document.ts";
import type { Registration } from "#snapshot/registration.ts";

export type MeshSize = {
  readonly namespaces: number;
  readonly services: number;
  readonly podsOfService: number;
  readonly routes: number;
};

export const LARGE: MeshSize = { namespaces: 50, services: 1_000, podsOfService: 5, routes: 300 };

const LISTED_EVERY = 4;

export class LargeMesh {
  readonly documents: Document[];
  readonly registrations: Registration[];
  readonly size: MeshSize;

  constructor(size: MeshSize) {
    this.size = size;
    const services = Array.from({ length: size.services }, (_, i) => i);
    const pods = services.flatMap((service) =>
      Array.from({ length: size.podsOfService }, (_, i) => ({ service, pod: i })),
    );
    this.documents = [
      ...services.map((i) => this.service(i)),
      ...services.filter(isListed).map((i) => this.slice(i, size.podsOfService)),
      ...pods.map(({ service, pod }) => this.pod(service, pod)),
      ...Array.from({ length: size.routes }, (_, i) => this.route(i, 90)),
    ];
    this.registrations = pods.map(({ service, pod }) => this.registration(service, pod, true));
  }

  namespaceOf(service: number): string {
    return `team-${service % this.size.namespaces}`;
  }

  service(i: number): Document {
    return plainDocument({
      ...{ apiVersion: "v1", kind: "Service" },
      metadata: { name: `service-${i}`, namespace: this.namespaceOf(i) },
      spec: {
        ...(isListed(i) ? {} : { selector: { app: `service-${i}` } }),
        ports: [{ name: "http", port: 80, targetPort: 8080 }],
      },
    });
  }

  pod(service: number, pod: number, generation = 0): Document {
    return this.#workload(service, pod, {
      "pod-template-hash": `${(service * 7919).toString(36)}${generation}`,
    });
  }

  #workload(service: number, pod: number, labels: JsonObject): Document {
    const name = podName(service, pod);
    const app = `service-${service}`;
    return plainDocument({
      ...{ apiVersion: "weft.dev/v1alpha1", kind: "Workload" },
      metadata: {
        ...{ name, namespace: this.namespaceOf(service) },
        labels: { app, "app.kubernetes.io/name": app, version: `v${pod % 2}`, ...labels },
      },
      spec: {
        command: ["true"],
        serviceAccount: "default",
        ports: [{ name: "http", port: 8080, protocol: "http" }],
      },
    });
  }

  registration(service: number, pod: number, isReady: boolean): Registration {
    const namespace = this.namespaceOf(service);
    const name = podName(service, pod);
    const identity = `spiffe://mesh.local/ns/${namespace}/sa/default`;
    const address = addressOf(service, pod);
    return { namespace, name, identity, address, meshPort: 15_008, isReady };
  }

  slice(service: number, endpoints: number): Document {
    return plainDocument({
      ...{ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" },
      metadata: {
        ...{ name: `service-${service}-x`, namespace: this.namespaceOf(service) },
        labels: { "kubernetes.io/service-name": `service-${service}` },
      },
      addressType: "IPv4",
      ports: [{ name: "http", port: 8080, protocol: "TCP" }],
      endpoints: Array.from({ length: endpoints }, (_, pod) => ({
        addresses: [addressOf(service, pod)],
        conditions: { ready: true },
      })),
    } as JsonObject);
  }

  // Splits between a service and the next of its namespace.
  route(i: number, weight: number): Document {
    const { namespaces, services } = this.size;
    const other = (i + namespaces) % services;
    return plainDocument({
      ...{ apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" },
      metadata: { name: `route-${i}`, namespace: this.namespaceOf(i) },
      spec: {
        parentRefs: [{ group: "", kind: "Service", name: `service-${i}`, port: 80 }],
        rules: [
          {
            matches: [{ path: { type: "PathPrefix", value: "/" } }],
            backendRefs: [
              { name: `service-${i}`, port: 80, weight },
              { name: `service-${other}`, port: 80, weight: 100 - weight },
            ],
          },
        ],
      },
    });
  }
}

export function isListed(service: number): boolean {
  return service % LISTED_EVERY === LISTED_EVERY - 1;
}

function podName(service: number, pod: number): string {
  return `service-${service}-pod-${pod}`;
}

function addressOf(service: number, pod: number): string {
  const number = service * 50 + pod;
  return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
}
