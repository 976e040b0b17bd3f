// Where the kinds that make pods have the template of those.

import type { FieldPath, JsonObject } from "#ir/document.ts";
import { objectIn, type Pod, textIn } from "./pod.ts";

// By kind: of Kubernetes, and Argo's Rollout.
const TEMPLATES: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ["Pod", []],
  ["CronJob", ["spec", "jobTemplate", "spec", "template"]],
  ...[
    ...["Deployment", "ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet"],
    ...["Job", "Rollout"],
  ].map((kind) => [kind, ["spec", "template"]] as const),
]);

export type PodTemplate = { readonly pod: Pod; readonly path: FieldPath };

// Undefined where an object makes no pods.
export function podTemplateOf(object: JsonObject): PodTemplate | undefined {
  const path = TEMPLATES.get(textIn(object, "kind") ?? "");
  if (!path) return undefined;
  const template = path.reduce(objectIn, object);
  const pod = { metadata: objectIn(template, "metadata"), spec: objectIn(template, "spec") };
  // Without containers it is no template that anybody can add one to.
  return Object.keys(pod.spec).length === 0 ? undefined : { pod, path };
}
