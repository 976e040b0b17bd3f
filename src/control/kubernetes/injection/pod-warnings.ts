// What of a pod will not be as its author may think, once it has a proxy.

import type { JsonObject } from "#ir/document.ts";
import { POD_PORTS } from "#snapshot/pod-ports.ts";
import { objectIn, objectsIn, type Pod, type PodNamespace, textIn, valueIn } from "./pod.ts";

const PROXY_USER = 1337;
const ENFORCE = "pod-security.kubernetes.io/enforce";

export function podWarnings({ spec }: Pod, namespace: PodNamespace): readonly string[] {
  const ofPod = valueIn(objectIn(spec, "securityContext"), "runAsUser");
  const warnings: string[] = [];
  for (const container of ["initContainers", "containers"].flatMap((l) => objectsIn(spec, l))) {
    const name = textIn(container, "name") ?? "";
    const own = valueIn(objectIn(container, "securityContext"), "runAsUser") ?? ofPod;
    if (own === PROXY_USER) {
      warnings.push(
        `Container ${name} runs as user ${PROXY_USER}, as the proxy does: what it sends passes ` +
          "beside the proxy",
      );
    }
    for (const port of objectsIn(container, "ports")) {
      warnings.push(...portWarning(name, port));
    }
  }
  const level = namespace.labels.get(ENFORCE);
  if (level === "restricted" || level === "baseline") {
    warnings.push(
      `Namespace ${namespace.name} enforces Pod Security "${level}", which refuses the pod: ` +
        "weft-init needs NET_ADMIN to make the rules",
    );
  }
  return warnings;
}

function portWarning(container: string, port: JsonObject): readonly string[] {
  const number = valueIn(port, "containerPort");
  const protocol = textIn(port, "protocol") ?? "TCP";
  if (protocol !== "TCP") {
    return [`Port ${number}/${protocol} of container ${container} passes beside the proxy`];
  }
  if (!Object.values<unknown>(POD_PORTS).includes(number)) return [];
  return [`Port ${number} of container ${container} is the proxy's: it can't listen there`];
}
