// The kubelet's probes of the pod's containers, turned to the proxy's health port: the kubelet is
// outside the mesh, and where only mTLS is taken, it would find every application dead. The proxy
// asks in its stead (proxy/pipeline/probes). What runs inside a container (`exec`) or asks another
// host is left alone; and so are lifecycle hooks: everybody reaches the health port, and a hook
// does something.

import type { FieldPath, Json, JsonObject } from "#ir/document.ts";
import { isJsonObject } from "#ir/json-object.ts";
import { POD_PORTS } from "#snapshot/pod-ports.ts";
import type { PodProbe, ProbeAction } from "#snapshot/pod-settings.ts";
import type { PatchOperation } from "./patch.ts";
import { objectIn, objectsIn, type Pod, textIn, valueIn } from "./pod.ts";

export type ProbeRewriting = {
  readonly probes: readonly PodProbe[];
  readonly patch: readonly PatchOperation[];
  readonly warnings: readonly string[];
};

type Rewriting = {
  readonly probes: PodProbe[];
  readonly patch: PatchOperation[];
  readonly warnings: string[];
};

type Site = {
  readonly container: JsonObject;
  readonly path: FieldPath; // of what has the action
  readonly holder: JsonObject;
  readonly kind: string; // "livenessProbe"
  readonly url: string;
  readonly timeoutMs: number;
};

// As Istio calls them, so that what people see in events and logs is what they know.
const PROBES = {
  startupProbe: "startupz",
  livenessProbe: "livez",
  readinessProbe: "readyz",
} as const;
const HOOKS = ["postStart", "preStop"];

const PROBE_TIMEOUT_S = 1; // core/v1 Probe

export function rewriteProbes({ spec }: Pod): ProbeRewriting {
  const rewriting: Rewriting = { probes: [], patch: [], warnings: [] };
  for (const list of ["initContainers", "containers"]) {
    objectsIn(spec, list).forEach((container, i) => {
      for (const site of sitesOf(container, [list, i])) rewrite(site, rewriting);
      rewriting.warnings.push(...hookWarnings(container));
    });
  }
  return rewriting;
}

function sitesOf(container: JsonObject, path: FieldPath): readonly Site[] {
  const name = textIn(container, "name") ?? "";
  return Object.entries(PROBES).map(([kind, end]): Site => {
    const holder = objectIn(container, kind);
    const timeoutS = valueIn(holder, "timeoutSeconds");
    return {
      ...{ container, holder, kind, path: [...path, kind], url: `/app-health/${name}/${end}` },
      timeoutMs: (typeof timeoutS === "number" && timeoutS > 0 ? timeoutS : PROBE_TIMEOUT_S) * 1000,
    };
  });
}

function hookWarnings(container: JsonObject): readonly string[] {
  const lifecycle = objectIn(container, "lifecycle");
  return HOOKS.filter((hook) => isJsonObject(valueIn(objectIn(lifecycle, hook), "httpGet"))).map(
    (hook) =>
      `Hook ${hook} of container ${textIn(container, "name") ?? ""} asks over HTTP without mTLS: ` +
      "where only mTLS is taken, use exec or exclude its port",
  );
}

function rewrite(site: Site, { probes, patch, warnings }: Rewriting): void {
  const action = actionOf(site);
  if (!action) return;
  const { kind, fields } = action;
  const port = portOf(site.container, valueIn(fields, "port"));
  if (port === undefined) {
    const where = `${site.kind} of container ${textIn(site.container, "name") ?? ""}`;
    warnings.push(`The ${where} is left as it is: its port is no number and no name of a port`);
    return;
  }
  const { url, timeoutMs, path } = site;
  // What an API server takes for a probe is one: it has checked the fields.
  probes.push({ path: url, port, timeoutMs, action: { [kind]: fields } as unknown as ProbeAction });
  const value: Json = { path: url, port: POD_PORTS.health };
  if (kind === "httpGet") patch.push({ op: "replace", path: [...path, kind], value });
  else {
    patch.push({ op: "remove", path: [...path, kind] });
    patch.push({ op: "add", path: [...path, "httpGet"], value });
  }
}

// Undefined where there is none, or none that the proxy stands in for.
function actionOf({ holder }: Site): { kind: string; fields: JsonObject } | undefined {
  for (const each of ["httpGet", "tcpSocket", "grpc"]) {
    const fields = valueIn(holder, each);
    if (!isJsonObject(fields)) continue;
    return (textIn(fields, "host") ?? "") === "" ? { kind: each, fields } : undefined;
  }
  return undefined;
}

function portOf(container: JsonObject, port: Json | undefined): number | undefined {
  if (typeof port === "number") return port;
  if (typeof port !== "string") return undefined;
  if (/^\d{1,5}$/.test(port)) return Number(port);
  const named = objectsIn(container, "ports").find((each) => textIn(each, "name") === port);
  const number = named && valueIn(named, "containerPort");
  return typeof number === "number" ? number : undefined;
}
