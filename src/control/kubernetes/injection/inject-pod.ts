// Puts a proxy beside a pod: what has to change in it, or why nothing does. Pure; the webhook and
// `weft inject` are the two that call it.

import type { FieldPath, Json, JsonObject } from "#ir/document.ts";
import { DEFAULT_POD_SETTINGS } from "#snapshot/default-pod-settings.ts";
import { injectionAsked } from "./injection-asked.ts";
import { injectionObstacle, type Obstacle } from "./injection-obstacle.ts";
import type { InjectorSettings } from "./injector-settings.ts";
import { NAMES } from "./names.ts";
import type { Patch, PatchOperation } from "./patch.ts";
import {
  objectIn,
  objectsIn,
  type Pod,
  type PodNamespace,
  textIn,
  textsIn,
  valueIn,
} from "./pod.ts";
import { podWarnings } from "./pod-warnings.ts";
import { initContainer, proxyContainer } from "./proxy-containers.ts";
import type { ProxyOptions } from "./proxy-options.ts";
import { proxyVolumes } from "./proxy-volumes.ts";
import { readProxyOptions } from "./read-proxy-options.ts";
import { rewriteProbes } from "./rewrite-probes.ts";

export type Injection =
  // Paths begin at the pod: "metadata", "spec".
  | { readonly kind: "injected"; readonly patch: Patch; readonly warnings: readonly string[] }
  | {
      readonly kind: "skipped";
      readonly code: Obstacle["code"] | "declined" | "unasked";
      readonly reason: string; // as the end of "not injected: ..."
      readonly warnings: readonly string[];
    };

export type InjectionRequest = {
  readonly pod: Pod;
  readonly namespace: PodNamespace;
  // Whoever calls asks by calling: only a refusal of the pod's own counts then.
  readonly isAsked: boolean;
};

export function injectPod(request: InjectionRequest, settings: InjectorSettings): Injection {
  const { pod, namespace } = request;
  const asked = injectionAsked(pod, namespace);
  const { warnings } = asked;
  const obstacle = injectionObstacle(pod, namespace.name);
  if (obstacle) return { kind: "skipped", code: obstacle.code, reason: obstacle.text, warnings };
  if (asked.answer === "declined") {
    return { kind: "skipped", code: "declined", reason: `${asked.by} says so`, warnings };
  }
  if (asked.answer === "unasked" && !request.isAsked) {
    return { kind: "skipped", code: "unasked", reason: "nobody asked for it", warnings };
  }
  return injected(request, settings, warnings);
}

function injected(
  { pod, namespace }: InjectionRequest,
  settings: InjectorSettings,
  before: readonly string[],
): Injection {
  const annotations = textsIn(pod.metadata, "annotations");
  const named = namedPorts(pod);
  const reading = readProxyOptions(annotations, namespace.annotations, named, {
    image: settings.image,
    resources: settings.resources,
    settings: { ...DEFAULT_POD_SETTINGS, logLevel: settings.logLevel },
    rewritesProbes: true,
  });
  const nothing = { probes: [], patch: [], warnings: [] };
  const rewriting = reading.options.rewritesProbes ? rewriteProbes(pod) : nothing;
  const options: ProxyOptions = {
    ...reading.options,
    settings: { ...reading.options.settings, probes: rewriting.probes },
  };
  const warnings = [
    ...before,
    ...reading.warnings,
    ...rewriting.warnings,
    ...podWarnings(pod, namespace),
  ];
  const patch = [
    // First: they name containers by their places before ours come.
    ...rewriting.patch.map((operation) => ({ ...operation, path: ["spec", ...operation.path] })),
    ...addToMap(pod.metadata, ["metadata", "labels"], [[NAMES.proxyLabel, settings.version]]),
    ...addToMap(pod.metadata, ["metadata", "annotations"], marks(warnings)),
    ...prepend(pod.spec, "initContainers", [
      initContainer(settings, options),
      proxyContainer(settings, options),
    ]),
    ...append(pod.spec, "volumes", proxyVolumes()),
  ];
  return { kind: "injected", patch, warnings };
}

// Of all containers: an annotation is the pod's.
function namedPorts({ spec }: Pod): ReadonlyMap<string, number> {
  const ports = ["initContainers", "containers"]
    .flatMap((list) => objectsIn(spec, list))
    .flatMap((container) => objectsIn(container, "ports"));
  return new Map(
    ports.flatMap((port) => {
      const [name, number] = [textIn(port, "name"), valueIn(port, "containerPort")];
      return name !== undefined && typeof number === "number" ? [[name, number] as const] : [];
    }),
  );
}

// Controllers make pods where nobody sees what the webhook says, so the pod keeps it.
function marks(warnings: readonly string[]): readonly (readonly [string, string])[] {
  const status = [NAMES.statusAnnotation, "injected"] as const;
  return warnings.length === 0
    ? [status]
    : [status, [NAMES.warningsAnnotation, warnings.join("\n")]];
}

function addToMap(
  object: JsonObject,
  path: readonly [string, string],
  entries: readonly (readonly [string, string])[],
): readonly PatchOperation[] {
  if (Object.keys(objectIn(object, path[1])).length === 0) {
    return [{ op: "add", path, value: Object.fromEntries(entries) }];
  }
  return entries.map(([name, value]) => ({ op: "add", path: [...path, name], value }));
}

function prepend(spec: JsonObject, name: string, items: readonly Json[]) {
  return toList(spec, name, items, (i) => i);
}

function append(spec: JsonObject, name: string, items: readonly Json[]) {
  return toList(spec, name, items, () => "-");
}

function toList(
  spec: JsonObject,
  name: string,
  items: readonly Json[],
  place: (i: number) => number | string,
): readonly PatchOperation[] {
  const path: FieldPath = ["spec", name];
  if (objectsIn(spec, name).length === 0) return [{ op: "add", path, value: items }];
  return items.map((value, i) => ({ op: "add", path: [...path, place(i)], value }));
}
