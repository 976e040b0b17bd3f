// From the model, and who has joined, to what every proxy could ask for. Pure and total: a
// reference that leads nowhere becomes a backend that answers 500, and a diagnostic.

import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Model, Service, ServicePort } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import type { HttpRoute } from "#ir/route.ts";
import type { Egress } from "#snapshot/directory.ts";
import type { OutboundPlan } from "#snapshot/plan.ts";
import type { Registration } from "#snapshot/registration.ts";
import type { Member, Snapshot } from "#snapshot/snapshot.ts";
import { type AttachedRoute, type Attachments, attachRoutes } from "./attach-routes.ts";
import { buildDirectory } from "./build-directory.ts";
import { type AddressesOf, buildCatalog, type Catalog } from "./catalog.ts";
import { checkProtocols } from "./check-protocols.ts";
import { checkSelectors } from "./check-selectors.ts";
import { checkTls } from "./check-tls.ts";
import { compareText } from "./compare.ts";
import { compileInbound } from "./compile-inbound.ts";
import { compileOutbound } from "./compile-outbound.ts";
import { declareProtocols } from "./declare-protocols.ts";
import { tidyDiagnostics } from "./diagnose.ts";
import { directTargets } from "./direct-targets.ts";
import { findService } from "./find-service.ts";
import { joinHosts } from "./join-hosts.ts";
import { mergeDelegates } from "./merge-delegates.ts";
import { PASSTHROUGH_PLAN } from "./passthrough-plan.ts";
import { PASSTHROUGH } from "./resolve-key.ts";
import { routeConsumers } from "./route-consumers.ts";
import { workloadPlan } from "./workload-plan.ts";

export type Compilation = {
  readonly snapshot: Snapshot;
  readonly diagnostics: readonly Diagnostic[];
};

export function compile(
  model: Model,
  registrations: readonly Registration[],
  revision: number,
  addressesOf?: AddressesOf,
): Compilation {
  const joined = joinHosts(model);
  const catalog = buildCatalog(declareProtocols(joined.model), registrations, addressesOf);
  const merged = mergeDelegates(model.routes, model.delegates ?? []);
  const attachments = attachRoutes(catalog, merged.routes);
  const { outbound, members, diagnostics } = compileServices(catalog, attachments);
  const directory = buildDirectory(catalog, model.egressRules ?? []);
  const isOpen = directory.allowsUnknown || [...directory.egress.values()].some(allowsUnknown);
  if (isOpen) outbound.set(PASSTHROUGH, PASSTHROUGH_PLAN);
  return {
    snapshot: {
      revision,
      trustDomain: model.mesh.trustDomain,
      certificateLifeMs: model.mesh.certificateLifeMs,
      outbound,
      inbound: compileInbound(catalog),
      workloads: new Map(
        catalog.workloads.map((workload) => [nameKey(workload), workloadPlan(workload)]),
      ),
      members,
      directory,
      direct: directTargets(catalog),
    },
    diagnostics: tidyDiagnostics([
      ...joined.diagnostics,
      ...merged.diagnostics,
      ...attachments.diagnostics,
      ...diagnostics,
      ...checkSelectors(catalog),
      ...checkProtocols(catalog),
      ...checkTls(catalog),
    ]),
  };
}

function compileServices(catalog: Catalog, { routesOf }: Attachments) {
  const outbound = new Map<string, OutboundPlan>();
  const members = new Map<string, readonly Member[]>();
  const diagnostics: Diagnostic[] = [];
  for (const service of catalog.services) {
    for (const port of portsOnce(service)) {
      const attached = [...(routesOf.get(port) ?? [])];
      for (const consumer of consumersOf(catalog, service, attached)) {
        const compiled = compileOutbound({ catalog, service, port, attached, consumer, members });
        const key = `${nameKey(service)}/${port.port}`;
        outbound.set(consumer === undefined ? key : `${key}@${consumer}`, compiled.plan);
        diagnostics.push(...compiled.diagnostics);
      }
    }
  }
  return { outbound, members, diagnostics };
}

// TCP and UDP may share a number; the first counts.
function portsOnce({ ports }: Service): readonly ServicePort[] {
  return ports.filter((port) => ports.find((other) => other.port === port.port) === port);
}

// Everybody, and each namespace that sees other routes or other rules for what they lead to.
function consumersOf(
  catalog: Catalog,
  service: Service,
  attached: readonly AttachedRoute[],
): (string | undefined)[] {
  const routes = attached.map(({ route }) => route);
  const own = routeConsumers(routes);
  const targets = new Set([service, ...routes.flatMap((route) => targetsOf(catalog, route))]);
  const others = [...targets].flatMap((target) => catalog.rules.consumersOf(target));
  return [undefined, ...[...new Set([...own, ...others])].sort(compareText)];
}

function targetsOf(catalog: Catalog, { rules }: HttpRoute): Service[] {
  return rules.flatMap(({ backends, traffic }) => {
    const copies = (traffic?.mirrors ?? []).map(({ backend }) => backend);
    return [...backends, ...copies].flatMap((backend) => {
      if (backend.kind !== "service") return [];
      return findService(catalog, backend.service, backend.origin) ?? [];
    });
  });
}

function allowsUnknown(egress: Egress): boolean {
  return egress.allowsUnknown;
}
