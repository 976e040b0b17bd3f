// VirtualService (networking.istio.io): how requests to a service find their destination.

import { createdAtMs } from "#ir/created-at.ts";
import type { Document } from "#ir/document.ts";
import { readExportTo } from "#ir/export-to.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import type { HttpRoute, RouteParent } from "#ir/route.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";
import { HOST_EXPECTED, serviceOfHost } from "./host.ts";
import { readHttpRules } from "./http-rule.ts";

export function translateVirtualService(document: Document): Translation {
  return translateFields(document, readVirtualService);
}

function readVirtualService(root: FieldReader, document: Document) {
  const { namespace, origin } = document;
  const spec = root.inside("spec");
  const parents = readHosts(spec, namespace);
  const rules = readHttpRules(spec, document);
  spec.unsupported("error", "plain TCP and TLS are not routed", "tcp", "tls");
  const exportTo = readExportTo(spec, namespace);
  const isForMesh = readGateways(spec);
  // An object with hosts and no HTTP rules is about other protocols.
  if (parents.length === 0 || !isForMesh || !spec.has("http")) return {};
  const route: HttpRoute = {
    ...{ origin, dialect: "istio", parents, authorities: [], consumerNamespace: undefined },
    ...{ order: "as-written", createdAtMs: createdAtMs(document), rules },
    ...(exportTo && { exportTo }),
  };
  return { routes: [route] };
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
