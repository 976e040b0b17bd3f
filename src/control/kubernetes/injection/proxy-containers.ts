// The containers that a pod gets: weft-init makes the rules of interception and ends, weft-proxy
// stays. Both are init containers; the second one restarts always, which makes it a native sidecar:
// it is ready before the application starts, and ends after it, so that Jobs complete.
//
// weft-proxy meets Pod Security's "restricted"; weft-init can't, since whoever makes rules of
// iptables needs NET_ADMIN. It is a container of its own so that a node's agent can take its place.

import type { Json, JsonObject } from "#ir/document.ts";
import { POD_PORTS } from "#snapshot/pod-ports.ts";
import type { InjectorSettings } from "./injector-settings.ts";
import { NAMES } from "./names.ts";
import type { ProxyOptions, ProxyResources } from "./proxy-options.ts";

const NODE = "/usr/local/bin/node";
const MAIN = "/weft/dist/main";
const PROXY_USER = 1337;

// As on one machine: src/local/executables.ts and runtime-environment.ts say what each buys.
const PROXY_FLAGS = [
  "--max-semi-space-size=2",
  "--heap-growing-percent=20",
  "--no-maglev",
  "--concurrent-turbofan-max-threads=1",
  "--no-allocation-site-pretenuring",
];
const ALLOCATOR = [
  ["MALLOC_ARENA_MAX", "1"],
  ["MALLOC_TRIM_THRESHOLD_", "131072"],
  ["MALLOC_MMAP_THRESHOLD_", "24576"],
] as const;

const FROM_POD = [
  ["WEFT_POD_NAME", "metadata.name"],
  ["WEFT_POD_NAMESPACE", "metadata.namespace"],
  ["WEFT_SERVICE_ACCOUNT", "spec.serviceAccountName"],
  ["WEFT_POD_IPS", "status.podIPs"],
  ["WEFT_NODE_NAME", "spec.nodeName"],
] as const;

export function initContainer(settings: InjectorSettings, options: ProxyOptions): JsonObject {
  return {
    name: NAMES.initContainer,
    image: options.image,
    imagePullPolicy: settings.imagePullPolicy,
    command: [NODE, `${MAIN}/pod-init.js`],
    env: [settingsVariable(options)],
    resources: resourcesOf(options.resources),
    securityContext: {
      runAsUser: 0,
      runAsGroup: 0,
      runAsNonRoot: false,
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"], add: ["NET_ADMIN", "NET_RAW"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}

export function proxyContainer(settings: InjectorSettings, options: ProxyOptions): JsonObject {
  return {
    name: NAMES.proxyContainer,
    image: options.image,
    imagePullPolicy: settings.imagePullPolicy,
    restartPolicy: "Always",
    command: [NODE, ...PROXY_FLAGS, `${MAIN}/pod-proxy.js`],
    env: proxyEnvironment(settings, options),
    ports: [{ name: "weft-metrics", containerPort: POD_PORTS.metrics, protocol: "TCP" }],
    // Often and long: what stands in front of the application's start shall cost it no time, and a
    // control plane that is away for minutes must not have the pod's containers killed.
    startupProbe: { ...ready(), periodSeconds: 1, failureThreshold: 600 },
    readinessProbe: { ...ready(), periodSeconds: 2, failureThreshold: 3 },
    resources: resourcesOf(options.resources),
    securityContext: {
      runAsUser: PROXY_USER,
      runAsGroup: PROXY_USER,
      runAsNonRoot: true,
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
    volumeMounts: [
      { name: NAMES.stateVolume, mountPath: "/run/weft" },
      { name: NAMES.tokenVolume, mountPath: "/var/run/secrets/weft", readOnly: true },
    ],
  };
}

function ready(): JsonObject {
  return { httpGet: { path: "/ready", port: POD_PORTS.health }, timeoutSeconds: 5 };
}

function proxyEnvironment(settings: InjectorSettings, options: ProxyOptions): readonly Json[] {
  const fixed = [
    ["WEFT_CONTROL", settings.control],
    ["WEFT_TRUST_DOMAIN", settings.trustDomain],
    ...ALLOCATOR,
  ] as const;
  return [
    ...FROM_POD.map(([name, fieldPath]) => ({ name, valueFrom: { fieldRef: { fieldPath } } })),
    ...fixed.map(([name, value]) => ({ name, value })),
    settingsVariable(options),
  ];
}

function settingsVariable({ settings }: ProxyOptions): JsonObject {
  // The kubelet takes "$(NAME)" for a reference to another variable, and "$$" for one "$".
  const value = JSON.stringify(settings).replaceAll("$", "\\u0024");
  return { name: NAMES.settingsVariable, value };
}

function resourcesOf({ requests, limits }: ProxyResources): JsonObject {
  return { requests: { ...requests }, limits: { ...limits } };
}
