// The control plane's pods, how they are reached, and how many may be away at once.

import { CONTROL_LABELS, NAMES, PORTS } from "./names.ts";
import { asJson, joined, type Manifest, optional, type Template, value } from "./template.ts";

const METADATA = { name: NAMES.control, namespace: NAMES.namespace, labels: CONTROL_LABELS };
const SELECTOR = { "app.kubernetes.io/component": "control", "app.kubernetes.io/name": "weft" };
const USER = 1337;

// The admin API answers for loopback's names only: who asks it comes through a forwarded port.
export function controlService(): Manifest {
  const ports = [
    { name: "proxies", port: PORTS.proxies, targetPort: "proxies" },
    { name: "webhook", port: 443, targetPort: "webhook" },
  ];
  const spec = { selector: SELECTOR, ports };
  return { object: { apiVersion: "v1", kind: "Service", metadata: METADATA, spec } };
}

export function controlBudget(): Manifest {
  return {
    when: "podDisruptionBudget.enabled",
    object: {
      ...{ apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: METADATA },
      spec: {
        maxUnavailable: value("podDisruptionBudget.maxUnavailable"),
        selector: { matchLabels: SELECTOR },
      },
    },
  };
}

export function controlDeployment(): Manifest {
  return {
    object: {
      ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: METADATA },
      spec: {
        replicas: value("control.replicas"),
        selector: { matchLabels: SELECTOR },
        // A new pod serves before an old one goes.
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: {
          metadata: {
            labels: CONTROL_LABELS,
            annotations: optional("control.podAnnotations"),
          },
          spec: podSpec(),
        },
      },
    },
  };
}

function podSpec(): Template {
  return {
    serviceAccountName: NAMES.control,
    imagePullSecrets: optional("imagePullSecrets"),
    nodeSelector: optional("control.nodeSelector"),
    tolerations: optional("control.tolerations"),
    affinity: optional("control.affinity"),
    priorityClassName: optional("control.priorityClassName"),
    terminationGracePeriodSeconds: 30,
    securityContext: {
      ...{ runAsNonRoot: true, runAsUser: USER, runAsGroup: USER, fsGroup: USER },
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [container()],
    volumes: [
      { name: "state", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } },
      { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
    ],
  };
}

function container(): Template {
  return {
    name: "control",
    image: joined(":", "image.repository", "image.tag"),
    imagePullPolicy: value("image.pullPolicy"),
    command: ["/usr/local/bin/node"],
    args: ["/weft/dist/main/cluster-control.js"],
    env: environment(),
    ports: Object.entries(PORTS).map(([name, containerPort]) => ({ name, containerPort })),
    startupProbe: { ...probe("/live"), periodSeconds: 1, failureThreshold: 120 },
    readinessProbe: { ...probe("/ready"), periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: { ...probe("/live"), periodSeconds: 10, failureThreshold: 6 },
    resources: value("control.resources"),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      { name: "state", mountPath: "/run/weft" },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}

function environment(): readonly Template[] {
  return [
    fromField("WEFT_POD_NAME", "metadata.name"),
    fromField("WEFT_POD_NAMESPACE", "metadata.namespace"),
    fromField("WEFT_POD_IPS", "status.podIPs"),
    fromField("WEFT_NODE_NAME", "spec.nodeName"),
    { name: "WEFT_LOG_LEVEL", value: value("control.logLevel") },
    // What the injector puts into pods.
    { name: "WEFT_IMAGE", value: joined(":", "image.repository", "image.tag") },
    { name: "WEFT_IMAGE_PULL_POLICY", value: value("image.pullPolicy") },
    { name: "WEFT_PROXY", value: asJson("proxy") },
  ];
}

function fromField(name: string, fieldPath: string): Template {
  return { name, valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } } };
}

function probe(path: string): { readonly httpGet: Template; readonly timeoutSeconds: number } {
  return { httpGet: { path, port: "health", scheme: "HTTP" }, timeoutSeconds: 5 };
}
