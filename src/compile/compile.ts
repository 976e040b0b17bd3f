// From the model, and who has joined, to what every proxy could ask for. Pure and total: a
// reference that leads nowhere becomes a backend that answers 500, and a diagnostic.
//
// Handed the last compilation, it takes from it whatever would come out the same, so that its work
// is proportional to what has changed. What comes out doesn't depend on that.

import { isSameList } from "#base/same-list.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Model } from "#ir/model.ts";
import type { Egress } from "#snapshot/directory.ts";
import type { Registration } from "#snapshot/registration.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";
import { type Attachments, attachRoutes } from "./attach-routes.ts";
import { buildDirectory } from "./build-directory.ts";
import { type AddressesOf, buildCatalog, type Catalog } from "./catalog.ts";
import { CheckCatalog } from "./check-catalog.ts";
import { CompileServices } from "./compile-services.ts";
import { CompileWorkloads } from "./compile-workloads.ts";
import { declareProtocols } from "./declare-protocols.ts";
import { tidyDiagnostics } from "./diagnose.ts";
import { DirectTargets } from "./direct-targets.ts";
import { type JoinedHosts, joinHosts } from "./join-hosts.ts";
import { type Merged, mergeDelegates } from "./merge-delegates.ts";
import { PASSTHROUGH_PLAN } from "./passthrough-plan.ts";
import { PASSTHROUGH } from "./resolve-key.ts";
import { Watch } from "./watch.ts";

export type Compilation = {
  readonly snapshot: Snapshot;
  readonly diagnostics: readonly Diagnostic[];
  readonly catalog: Catalog;
  readonly memory: Memory;
};

// What the next compilation takes from.
type Memory = {
  readonly joined: JoinedHosts;
  readonly declared: Model;
  readonly merged: Merged;
  readonly attachments: Attachments;
  readonly services: CompileServices;
  readonly workloads: CompileWorkloads;
  readonly direct: DirectTargets;
  readonly checks: CheckCatalog;
  readonly findings: readonly Diagnostic[];
};

export function compile(
  model: Model,
  registrations: readonly Registration[],
  revision: number,
  addressesOf?: AddressesOf,
  before?: Compilation,
): Compilation {
  const last = before?.memory;
  const joined = joinHosts(model, last?.joined);
  const declared = declareProtocols(joined.model, last?.declared);
  const catalog = buildCatalog(declared, registrations, addressesOf, before?.catalog);
  const merged = mergeDelegates(model.routes, model.delegates ?? [], last?.merged);
  const attachments = attachRoutes(catalog, merged.routes, last?.attachments);
  const watch = new Watch(catalog, before?.catalog);
  const services = new CompileServices(catalog, watch, attachments, last?.services);
  const workloads = new CompileWorkloads(catalog, watch, last?.workloads);
  const directory = buildDirectory(catalog, model.egressRules ?? [], before?.snapshot.directory);
  const direct = new DirectTargets(catalog, watch, last?.direct);
  const checks = new CheckCatalog(catalog, watch, last?.checks);
  const findings = [
    ...joined.diagnostics,
    ...merged.diagnostics,
    ...attachments.diagnostics,
    ...services.diagnostics,
    ...checks.diagnostics,
  ];
  const isSame = before && isSameList(before.memory.findings, findings);
  const { trustDomain, certificateLifeMs } = model.mesh;
  const isOpen = directory.allowsUnknown || [...directory.egress.values()].some(allowsUnknown);
  return {
    snapshot: {
      ...{ revision, trustDomain, certificateLifeMs, directory },
      outbound: isOpen
        ? new Map([...services.outbound, [PASSTHROUGH, PASSTHROUGH_PLAN]])
        : services.outbound,
      inbound: workloads.inbound,
      workloads: workloads.plans,
      members: services.members,
      direct: direct.targets,
    },
    diagnostics: isSame ? before.diagnostics : tidyDiagnostics(findings),
    catalog,
    memory: {
      ...{ joined, declared, merged, attachments, services, workloads, direct, checks, findings },
    },
  };
}

function allowsUnknown(egress: Egress): boolean {
  return egress.allowsUnknown;
}
