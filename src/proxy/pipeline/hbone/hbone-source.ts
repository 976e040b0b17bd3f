// Who asks, as the `baggage` of an HBONE tunnel says: "namespace/workload", or "" where it doesn't.
// A claim of the other proxy: whoever uses it holds the namespace against the certificate's.
//
//   baggage: k8s.namespace.name=shop,k8s.deployment.name=web,service.name=web,service.version=v1

import type { Headers } from "#proxy/exchange/heads.ts";

const WORKLOAD_KINDS = ["deployment", "statefulset", "daemonset", "cronjob", "job", "pod"];
const WORKLOAD_KEYS = WORKLOAD_KINDS.map((kind) => `k8s.${kind}.name`);
// Of objects in Kubernetes: RFC 1123. It becomes a label in metrics.
const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

export function hboneSourceOf(headers: Headers): string {
  let namespace = "";
  let workload = "";
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] !== "baggage") continue;
    for (const member of headers[i + 1]!.split(",")) {
      const [pair = ""] = member.split(";", 1);
      const equals = pair.indexOf("=");
      const key = pair.slice(0, equals).trim();
      const value = pair.slice(equals + 1).trim();
      if (equals < 0 || !NAME.test(value)) continue;
      if (key === "k8s.namespace.name") namespace = value;
      else if (WORKLOAD_KEYS.includes(key)) workload = value;
    }
  }
  return namespace === "" || workload === "" ? "" : `${namespace}/${workload}`;
}
