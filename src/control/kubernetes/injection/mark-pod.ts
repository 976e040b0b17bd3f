// Asks for a proxy without adding it: the webhook does, whenever a pod is made.

import { injectionAsked } from "./injection-asked.ts";
import { injectionObstacle } from "./injection-obstacle.ts";
import type { Patch } from "./patch.ts";
import { objectIn, type Pod, type PodNamespace, textsIn } from "./pod.ts";

export type Marking =
  | { readonly kind: "marked"; readonly patch: Patch; readonly warnings: readonly string[] }
  | { readonly kind: "skipped"; readonly reason: string; readonly warnings: readonly string[] };

const LABEL = "weft.dev/inject";
const ENABLED = "enabled";

export function markPod(pod: Pod, namespace: PodNamespace): Marking {
  const { answer, by, warnings } = injectionAsked(pod, namespace);
  const obstacle = injectionObstacle(pod, namespace.name);
  if (obstacle) return { kind: "skipped", reason: obstacle.text, warnings };
  if (answer === "declined") return { kind: "skipped", reason: `${by} says so`, warnings };
  if (textsIn(pod.metadata, "labels").has(LABEL)) {
    return { kind: "skipped", reason: "it asks for the proxy already", warnings };
  }
  const hasLabels = Object.keys(objectIn(pod.metadata, "labels")).length > 0;
  const path = ["metadata", "labels"];
  const patch: Patch = hasLabels
    ? [{ op: "add", path: [...path, LABEL], value: ENABLED }]
    : [{ op: "add", path, value: { [LABEL]: ENABLED } }];
  return { kind: "marked", patch, warnings };
}

// The reverse; nothing where nothing was marked.
export function unmarkPod({ metadata }: Pod): Patch {
  const labels = textsIn(metadata, "labels");
  if (labels.get(LABEL) !== ENABLED) return [];
  const path = ["metadata", "labels"];
  return [{ op: "remove", path: labels.size === 1 ? path : [...path, LABEL] }];
}
