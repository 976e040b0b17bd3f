// VirtualService (networking.istio.io): how requests to a service find their destination.

import { createdAtMs } from "#ir/created-at.ts";
import type { Document } from "#ir/document.ts";
import { readExportTo } from "#ir/export-to.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import type { HttpRoute, RouteParent, RouteRule } from "#ir/route.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";
import { readConnectionRules } from "./connection-rules.ts";
import { HOST_EXPECTED, serviceOfHost } from "./host.ts";
import { readHttpRules } from "./http-rule.ts";

export function translateVirtualService(document: Document): Translation {
  return translateFields(document, readVirtualService);
}

function readVirtualService(root: FieldReader, document: Document) {
  const { namespace, name, origin } = document;
  const spec = root.inside("spec");
  const rules = readHttpRules(spec, document);
  const exportTo = readExportTo(spec, namespace);
  const shared = { origin, ...(exportTo && { exportTo }) };
  if (isDelegate(spec)) {
    return { delegates: [{ namespace, name, ...shared, rules: withoutDelegates(spec, rules) }] };
  }
  const parents = readHosts(spec, namespace);
  const context = { namespace, hosts: spec.texts("hosts") };
  const tls = readConnectionRules(spec, "tls", context);
  const tcp = readConnectionRules(spec, "tcp", context);
  const isForMesh = readGateways(spec);
  if (parents.length === 0 || !isForMesh) return {};
  const routeOf = (field: "http" | "tls" | "tcp", own: readonly RouteRule[]): HttpRoute[] => {
    // An object with hosts and without such rules is about other protocols.
    if (!spec.has(field)) return [];
    const route: HttpRoute = {
      ...{ ...shared, dialect: "istio", parents, authorities: [], consumerNamespace: undefined },
      ...{ order: "as-written", createdAtMs: createdAtMs(document), rules: own },
      ...(field !== "http" && { layer: field }),
    };
    return [route];
  };
  return { routes: [...routeOf("http", rules), ...routeOf("tls", tls), ...routeOf("tcp", tcp)] };
}

// Without hosts it is for whoever delegates to it, and only to HTTP.
function isDelegate(spec: FieldReader): boolean {
  if (spec.has("hosts") || !spec.has("http")) return false;
  for (const field of ["gateways", "tls", "tcp"]) {
    spec.accept(field);
    if (spec.has(field)) spec.invalid(field, "absent where there are no hosts: it is a delegate");
  }
  return true;
}

function withoutDelegates(spec: FieldReader, rules: readonly RouteRule[]): readonly RouteRule[] {
  return rules.filter(({ delegate, index }) => {
    if (delegate === undefined) return true;
    const expected = "absent in what is delegated to itself";
    spec.invalidAt(["http", index, "delegate"], delegate.name, expected);
    return false;
  });
}

function readHosts(spec: FieldReader, namespace: string): readonly RouteParent[] {
  spec.require("hosts", "a list of hosts");
  const parents: RouteParent[] = [];
  for (const [i, host] of spec.texts("hosts").entries()) {
    const service = host === "*" ? undefined : serviceOfHost(host, namespace, "patterns");
    if (service) parents.push({ service, port: undefined });
    else {
      const message = `Not supported: the host "${host}" is left out, it must be ${HOST_EXPECTED}`;
      spec.report(["hosts", i], { severity: "error", code: "WEFT104", message });
    }
  }
  return parents;
}

// "mesh" stands for every sidecar.
function readGateways(spec: FieldReader): boolean {
  const names = spec.texts("gateways");
  if (!spec.has("gateways") || names.every((name) => name === "mesh")) return true;
  const isForMesh = names.includes("mesh");
  const consequence = isForMesh
    ? "the rules hold inside the mesh only"
    : 'without "mesh" in the list the rules hold nowhere';
  spec.unsupported(isForMesh ? "warning" : "error", consequence, "gateways");
  return isForMesh;
}
