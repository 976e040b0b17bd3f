// Takes the proxy out of a pod again: the reverse of injectPod, without its settings.

import type { FieldPath, Json, JsonObject } from "#ir/document.ts";
import { isJsonObject } from "#ir/json-object.ts";
import { parsePodSettings } from "#snapshot/parse-pod-settings.ts";
import type { PodProbe } from "#snapshot/pod-settings.ts";
import { NAMES } from "./names.ts";
import type { Patch, PatchOperation } from "./patch.ts";
import { objectIn, objectsIn, type Pod, textIn, textsIn, valueIn } from "./pod.ts";

export type Uninjection =
  | { readonly kind: "uninjected"; readonly patch: Patch }
  | { readonly kind: "skipped"; readonly reason: string };

const OURS: readonly string[] = [NAMES.initContainer, NAMES.proxyContainer];
const VOLUMES: readonly string[] = [NAMES.stateVolume, NAMES.tokenVolume];

export function uninjectPod(pod: Pod): Uninjection {
  const proxy = objectsIn(pod.spec, "initContainers").find(
    (container) => textIn(container, "name") === NAMES.proxyContainer,
  );
  if (!proxy) return { kind: "skipped", reason: "it has no proxy of Weft's" };
  const patch = [
    ...restoreProbes(pod.spec, probesOf(proxy)),
    ...removeNamed(pod.spec, "initContainers", OURS),
    ...removeNamed(pod.spec, "volumes", VOLUMES),
    ...removeKeys(pod.metadata, "annotations", [NAMES.statusAnnotation, NAMES.warningsAnnotation]),
    ...removeKeys(pod.metadata, "labels", [NAMES.proxyLabel]),
  ];
  return { kind: "uninjected", patch };
}

function probesOf(proxy: JsonObject): readonly PodProbe[] {
  const variable = objectsIn(proxy, "env").find(
    (each) => textIn(each, "name") === NAMES.settingsVariable,
  );
  const parsing = parsePodSettings(variable ? (textIn(variable, "value") ?? "{}") : "{}");
  return parsing.kind === "parsed" ? parsing.settings.probes : [];
}

function restoreProbes(spec: JsonObject, probes: readonly PodProbe[]): readonly PatchOperation[] {
  const actions = new Map(probes.map(({ path, action }) => [path, action]));
  return ["initContainers", "containers"].flatMap((list) =>
    objectsIn(spec, list).flatMap((container, i) =>
      holdersOf(container, ["spec", list, i]).flatMap(({ holder, path }) => {
        const action = actions.get(textIn(objectIn(holder, "httpGet"), "path") ?? "");
        return action ? restored(action, path) : [];
      }),
    ),
  );
}

function restored(action: PodProbe["action"], path: FieldPath): readonly PatchOperation[] {
  const [[kind, fields] = []] = Object.entries(action) as [string, Json][];
  if (kind === undefined || fields === undefined) return [];
  if (kind === "httpGet") return [{ op: "replace", path: [...path, kind], value: fields }];
  return [
    { op: "remove", path: [...path, "httpGet"] },
    { op: "add", path: [...path, kind], value: fields },
  ];
}

function holdersOf(container: JsonObject, path: FieldPath) {
  return ["startupProbe", "livenessProbe", "readinessProbe"].map((kind) => ({
    holder: objectIn(container, kind),
    path: [...path, kind],
  }));
}

// From the end, so that places stay right; the whole list where nothing is left of it.
function removeNamed(spec: JsonObject, list: string, names: readonly string[]): Patch {
  const items = objectsIn(spec, list);
  const places = items.flatMap((item, i) =>
    names.includes(textIn(item, "name") ?? "") ? [i] : [],
  );
  if (places.length === 0) return [];
  if (places.length === items.length) return [{ op: "remove", path: ["spec", list] }];
  return places.reverse().map((i) => ({ op: "remove", path: ["spec", list, i] }));
}

function removeKeys(metadata: JsonObject, map: string, keys: readonly string[]): Patch {
  const value = valueIn(metadata, map);
  if (!isJsonObject(value)) return [];
  const present = keys.filter((key) => textsIn(metadata, map).has(key));
  if (present.length === Object.keys(value).length && present.length > 0) {
    return [{ op: "remove", path: ["metadata", map] }];
  }
  return present.map((key) => ({ op: "remove", path: ["metadata", map, key] }));
}
