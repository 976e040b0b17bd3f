// Pods for tests, and an injector as a cluster would have it.

import type { JsonObject } from "#ir/document.ts";
import { applyPatch } from "./apply-patch.ts";
import { type InjectionRequest, injectPod } from "./inject-pod.ts";
import type { InjectorSettings } from "./injector-settings.ts";
import type { Pod, PodNamespace } from "./pod.ts";
import { DEFAULT_RESOURCES } from "./proxy-options.ts";

export const INJECTOR: InjectorSettings = {
  image: "weft.dev/weft:0.1.0",
  imagePullPolicy: "IfNotPresent",
  version: "0.1.0",
  trustDomain: "cluster.local",
  control: "weft-control.weft-system.svc:15012",
  resources: DEFAULT_RESOURCES,
  logLevel: "info",
};

export const WEB: JsonObject = {
  name: "web",
  image: "shop/web:1",
  ports: [
    { name: "http", containerPort: 8080 },
    { name: "admin", containerPort: 9090 },
  ],
};

export function podOf(parts: {
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
  container?: JsonObject;
  spec?: JsonObject;
}): Pod {
  return {
    metadata: {
      ...(parts.labels && { labels: parts.labels }),
      ...(parts.annotations && { annotations: parts.annotations }),
    },
    spec: { containers: [{ ...WEB, ...parts.container }], ...parts.spec },
  };
}

export function namespaceOf(
  labels: Record<string, string> = {},
  annotations: Record<string, string> = {},
  name = "shop",
): PodNamespace {
  return {
    name,
    labels: new Map(Object.entries(labels)),
    annotations: new Map(Object.entries(annotations)),
  };
}

// The pod with its proxy, which must be possible, and what was said.
export function injectedPod(pod: Pod, request: Partial<InjectionRequest> = {}) {
  const whole = { pod, namespace: namespaceOf(), isAsked: true, ...request };
  const injection = injectPod(whole, INJECTOR);
  if (injection.kind !== "injected") throw new Error(`Not injected: ${injection.reason}`);
  const after = applyPatch(pod, injection.patch) as JsonObject & Pod;
  return { pod: after, warnings: injection.warnings };
}
