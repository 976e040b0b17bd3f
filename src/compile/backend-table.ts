// The backends of one plan, each once. Routes name them by their index.

import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Name, Service, ServicePort, Subset } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import { nearestName } from "#ir/nearest-name.ts";
import { refText } from "#ir/origin.ts";
import type { RouteBackend } from "#ir/route.ts";
import { backendKey } from "#snapshot/backend-key.ts";
import type { BackendPlan } from "#snapshot/plan.ts";
import type { Member } from "#snapshot/snapshot.ts";
import { aliasTarget } from "./alias-target.ts";
import type { Catalog } from "./catalog.ts";
import { destinationPolicy } from "./destination-policy.ts";
import { type RulesInForce, rulesInForce } from "./destination-rules.ts";
import { diagnose } from "./diagnose.ts";
import { findService } from "./find-service.ts";
import { isGranted } from "./is-granted.ts";
import { placeEndpoints } from "./place-endpoints.ts";
import { selectEndpoints } from "./select-endpoints.ts";
import { serviceText } from "./service-text.ts";

type ServiceBackend = Extract<RouteBackend, { kind: "service" }>;
type Problem = Pick<Diagnostic, "code" | "message"> & { readonly remedy: string };

export class BackendTable {
  readonly backends: BackendPlan[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #catalog: Catalog;
  readonly #dialled: Name;
  readonly #dialledPort: number;
  readonly #consumer: string | undefined;
  readonly #members: Map<string, readonly Member[]>;
  readonly #indexes = new Map<string, number>();

  // `members` collects what the backends select, for the snapshot.
  constructor(
    catalog: Catalog,
    dialled: Name,
    dialledPort: number,
    consumer: string | undefined,
    members: Map<string, readonly Member[]>,
  ) {
    this.#catalog = catalog;
    this.#dialled = dialled;
    this.#dialledPort = dialledPort;
    this.#consumer = consumer;
    this.#members = members;
  }

  indexOf(backend: RouteBackend): number {
    return backend.kind === "invalid" ? this.#invalid(backend.reason) : this.#service(backend);
  }

  indexOfService(service: Service, port: ServicePort, subset: Subset | undefined): number {
    const { namespace, name } = service;
    const called = { namespace, service: name, port: port.port, subset: subset?.name ?? "" };
    const key = backendKey(called);
    return this.#add(`service ${key}`, () => {
      const rules = rulesInForce(this.#catalog, service, this.#consumer);
      const { tls, policy: wanted } = destinationPolicy(
        this.#catalog,
        rules,
        service,
        port.port,
        subset,
      );
      const selection = selectEndpoints(this.#catalog, service, port, subset, tls);
      this.#members.set(key, selection.members);
      const hasOutsiders = selection.endpoints.some(({ speaks }) => speaks === "plaintext");
      if (tls?.kind === "invalid" && hasOutsiders) return { kind: "invalid", reason: tls.reason };
      const { endpoints, policy } = placeEndpoints(this.#catalog, selection, wanted);
      return { kind: "endpoints", ...called, endpoints, ...(policy && { policy }) };
    });
  }

  #service(backend: ServiceBackend): number {
    // Before anything is told of the other namespace.
    if (!this.#isGranted(backend, backend.service)) {
      return this.#refuse(backend, notGranted(backend));
    }
    const named = findService(this.#catalog, backend.service, backend.origin);
    if (!named) return this.#refuse(backend, missingService(backend, this.#catalog));
    const service = aliasTarget(this.#catalog, named);
    // A name for a service of another namespace is no way around its grants.
    if (service !== named && !this.#isGranted(backend, service)) {
      return this.#refuse(backend, notGranted({ ...backend, service }));
    }
    const port = this.#portOf(service, backend.port);
    if (!port)
      return this.#refuse(backend, missingPort(service, backend.port ?? this.#dialledPort));
    if (backend.subset === undefined) return this.indexOfService(service, port, undefined);
    const rules = rulesInForce(this.#catalog, service, this.#consumer);
    const subset = rules.subsets.get(backend.subset);
    if (!subset) return this.#refuse(backend, missingSubset(service, backend.subset, rules));
    return this.indexOfService(service, port, subset);
  }

  #isGranted({ origin }: ServiceBackend, service: Name): boolean {
    return isGranted(this.#catalog.grants, origin, service, [this.#dialled.namespace]);
  }

  // Where a backend names no port: the only one that the service has, else the one dialled.
  #portOf(service: Service, named: number | undefined): ServicePort | undefined {
    if (named === undefined && service.ports.length === 1) return service.ports[0];
    const wanted = named ?? this.#dialledPort;
    return service.ports.find(({ port }) => port === wanted);
  }

  #refuse({ origin }: ServiceBackend, { code, message, remedy }: Problem): number {
    this.diagnostics.push(diagnose({ code, severity: "error", message, remedy, origin }));
    return this.#invalid(message);
  }

  #invalid(reason: string): number {
    return this.#add(`invalid ${reason}`, () => ({ kind: "invalid", reason }));
  }

  #add(key: string, make: () => BackendPlan): number {
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    this.#indexes.set(key, this.backends.length);
    return this.backends.push(make()) - 1;
  }
}

function missingSubset(service: Service, subset: string, { subsets }: RulesInForce): Problem {
  const known = [...subsets.keys()];
  const remedy =
    known.length > 0
      ? `Name one of its subsets (${known.join(", ")}), or define "${subset}".`
      : `Define it in a DestinationRule for host ${service.name}.`;
  return { code: "WEFT203", message: `${serviceText(service)} has no subset "${subset}"`, remedy };
}

function notGranted({ service, origin: { ref } }: ServiceBackend): Problem {
  return {
    code: "WEFT211",
    message:
      `RefNotPermitted: namespace ${service.namespace} has not granted ` +
      `${refText(ref)} its Service ${service.name}`,
    remedy:
      `Put a ReferenceGrant into namespace ${service.namespace}: from ${ref.kind} of namespace ` +
      `${ref.namespace}, to Service ${service.name}.`,
  };
}

function missingService({ service }: ServiceBackend, { serviceOf }: Catalog): Problem {
  const near = nearestName(nameKey(service), serviceOf.keys());
  const remedy = near === undefined ? "Declare the service." : `Did you mean ${near}?`;
  return { code: "WEFT201", message: `${serviceText(service)} does not exist`, remedy };
}

function missingPort(service: Service, port: number): Problem {
  const ports = service.ports.map((known) => known.port).join(", ");
  return {
    code: "WEFT202",
    message: `${serviceText(service)} has no port ${port}`,
    remedy: ports ? `Name one of its ports: ${ports}.` : "Declare the port in the service.",
  };
}
