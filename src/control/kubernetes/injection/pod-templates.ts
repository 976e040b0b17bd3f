// Where the kinds that make pods have the template of those.

import type { FieldPath, JsonObject } from "#ir/document.ts";
import { isJsonObject } from "#ir/json-object.ts";
import { objectIn, type Pod, textIn, valueIn } from "./pod.ts";

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
  // What is no template of pods, whatever its kind says, is nobody's to mend here.
  const isOdd = !isJsonObject(valueIn(template, "metadata") ?? {});
  return isOdd || Object.keys(pod.spec).length === 0 ? undefined : { pod, path };
}
