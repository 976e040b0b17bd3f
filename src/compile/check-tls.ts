// Rules that want other TLS than the mesh's for services whose endpoints are all workloads of it.

import type { TlsOrigination } from "#ir/destination-policy.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Service, SubsetRule } from "#ir/model.ts";
import { refText } from "#ir/origin.ts";
import { type Catalog, selectEntries } from "./catalog.ts";
import { diagnose } from "./diagnose.ts";
import { findServices } from "./find-service.ts";
import { serviceText } from "./service-text.ts";

export function checkTls(catalog: Catalog, rule: SubsetRule): Diagnostic[] {
  // Pods may be called without mutual TLS, where they take that.
  if (!wantsOther(rule) || catalog.mesh.onKubernetes) return [];
  const { service, origin } = rule;
  const found = findServices(catalog, service, origin);
  if (found.length !== 1 || !isInside(catalog, found[0]!.service)) return [];
  const message =
    `${refText(origin.ref)}: "tls" has no effect on ${serviceText(service)}: between its ` +
    "callers and its workloads all is mTLS";
  const remedy = "Leave it out, or write mode: ISTIO_MUTUAL.";
  return [diagnose({ code: "WEFT104", severity: "warning", message, remedy, origin })];
}

function wantsOther({ policy, subsets }: SubsetRule): boolean {
  return [policy, ...subsets.map((subset) => subset.policy)].some(
    (each) => isOther(each?.tls) || each?.ports?.some((port) => isOther(port.policy.tls)),
  );
}

function isOther(tls: TlsOrigination | undefined): boolean {
  return tls !== undefined && tls.kind !== "mesh";
}

function isInside(catalog: Catalog, { selector, namespace, joined }: Service): boolean {
  if (joined) return false;
  return selector.size > 0 && selectEntries(catalog, namespace, [...selector]).length === 0;
}
