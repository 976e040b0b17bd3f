// DestinationRule (networking.istio.io): the subsets of a service. Its traffic policy comes later.

import type { Document } from "#ir/document.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import type { Subset } from "#ir/model.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";
import { HOST_EXPECTED, serviceOfHost } from "./host.ts";

const POLICIES = {
  connectionPool: "connections and requests have the mesh's own limits",
  loadBalancer: "endpoints are picked by their latency",
  outlierDetection: "no endpoint is ejected",
  portLevelSettings: "all ports are treated alike",
  proxyProtocol: "no PROXY protocol is spoken",
  retryBudget: "the mesh's own retry budget holds",
  tls: "connections inside the mesh are always mTLS",
  tunnel: "nothing is tunnelled",
  warmup: "new endpoints get their full share at once",
} as const;

export function translateDestinationRule(document: Document): Translation {
  return translateFields(document, readDestinationRule);
}

function readDestinationRule(root: FieldReader, { namespace, origin }: Document) {
  const spec = root.inside("spec");
  spec.require("host", HOST_EXPECTED);
  const host = spec.text("host", HOST_EXPECTED);
  const subsets = readSubsets(spec);
  readTrafficPolicy(spec);
  spec.unsupported("warning", "the rule holds for every caller", "workloadSelector");
  if (!spec.texts("exportTo").every((name) => name === "*")) {
    spec.unsupported("warning", "the subsets are known in every namespace", "exportTo");
  }
  const service = host === undefined ? undefined : serviceOfHost(host, namespace);
  if (host !== undefined && !service) {
    const message = `Not supported: the host "${host}", it must be ${HOST_EXPECTED}`;
    spec.report(["host"], { severity: "error", code: "WEFT104", message });
  }
  return service ? { subsets: [{ origin, service, subsets }] } : {};
}

function readSubsets(spec: FieldReader): readonly Subset[] {
  const subsets: Subset[] = [];
  for (const reader of spec.list("subsets")) {
    reader.require("name", "a name");
    const name = reader.text("name");
    const labels = reader.textMap("labels");
    readTrafficPolicy(reader);
    if (name === undefined || !reader.finish()) continue;
    if (subsets.some((other) => other.name === name)) {
      reader.invalid("name", "a name that no other subset has");
    } else subsets.push({ name, labels });
  }
  return subsets;
}

// One diagnostic for each policy.
function readTrafficPolicy(reader: FieldReader): void {
  const policy = reader.object("trafficPolicy");
  for (const [name, consequence] of Object.entries(POLICIES)) {
    policy?.unsupported("warning", consequence, name);
  }
}
