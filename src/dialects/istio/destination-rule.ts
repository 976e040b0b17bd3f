// DestinationRule (networking.istio.io): how a service is called, and its subsets.

import type { Ejection } from "#ir/destination-policy.ts";
import type { Document } from "#ir/document.ts";
import { readExportTo } from "#ir/export-to.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import type { Subset } from "#ir/model.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";
import { HOST_EXPECTED, serviceOfHost } from "./host.ts";
import { readTrafficPolicy } from "./traffic-policy.ts";

const SUBSET_FIELDS = ["name", "labels", "trafficPolicy"];

export function translateDestinationRule(document: Document): Translation {
  return translateFields(document, readDestinationRule);
}

function readDestinationRule(root: FieldReader, { namespace, origin }: Document) {
  const spec = root.inside("spec");
  spec.require("host", HOST_EXPECTED);
  const host = spec.text("host", HOST_EXPECTED);
  const policy = readTrafficPolicy(spec);
  const subsets = readSubsets(spec, policy?.ejection);
  spec.unsupported("warning", "the rule holds for every caller", "workloadSelector");
  const exportTo = readExportTo(spec, namespace);
  const service = host === undefined ? undefined : serviceOfHost(host, namespace, "patterns");
  if (host !== undefined && !service) {
    const message = `Not supported: the host "${host}", it must be ${HOST_EXPECTED}`;
    spec.report(["host"], { severity: "error", code: "WEFT104", message });
  }
  if (!service) return {};
  const rule = { origin, service, subsets, ...(exportTo && { exportTo }) };
  return { subsets: [{ ...rule, ...(policy && { policy }) }] };
}

function readSubsets(spec: FieldReader, ejection: Ejection | undefined): readonly Subset[] {
  const subsets: Subset[] = [];
  for (const reader of spec.list("subsets")) {
    reader.require("name", "a name");
    const name = reader.text("name");
    const labels = reader.textMap("labels");
    // With labels that can't be read, or that are called otherwise, it would select too much.
    const isKnown = reader.names.every((field) => SUBSET_FIELDS.includes(field));
    const isSelecting = name !== undefined && isKnown && reader.isSound;
    // Of a policy that can't be read as a whole, what can be holds: see readPolicy.
    const policy = readTrafficPolicy(reader, ejection);
    reader.finish();
    if (!isSelecting) continue;
    if (subsets.some((other) => other.name === name)) {
      reader.invalid("name", "a name that no other subset has");
    } else subsets.push({ name, labels, ...(policy && { policy }) });
  }
  return subsets;
}
