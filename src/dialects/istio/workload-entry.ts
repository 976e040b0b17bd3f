// WorkloadEntry (networking.istio.io): an endpoint, for the services that select its labels.

import type { Document } from "#ir/document.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";
import { readWorkloadEndpoint } from "./workload-endpoint.ts";

export function translateWorkloadEntry(document: Document): Translation {
  const { namespace, name, origin, labels } = document;
  return translateFields(document, (root) => {
    const spec = root.inside("spec");
    const endpoint = readWorkloadEndpoint(spec, name, "all", labels);
    if (!endpoint) return {};
    return { entries: [{ namespace, name, origin, labels: endpoint.labels!, endpoint }] };
  });
}
