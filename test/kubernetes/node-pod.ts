// Pods of tests that run a few lines of JavaScript, in the Node of Weft's image.

import { weftImage } from "./images.ts";

// Deals with a request to end as applications do: no new connections, what is open is answered.
export const POLITE = `
  const end = (server) => process.on("SIGTERM", () => {
    server.close(() => process.exit());
    server.closeIdleConnections();
  });
`;

export function nodeContainer(name: string, program: string, more: object = {}) {
  return {
    ...{ name, image: weftImage(), imagePullPolicy: "IfNotPresent" },
    command: ["/usr/local/bin/node", "-e", program],
    // The image's own user is the proxy's, whose connections pass the mesh by.
    securityContext: { runAsUser: 1000, runAsGroup: 1000 },
    ...more,
  };
}

export function nodeDeployment(
  namespace: string,
  name: string,
  container: object,
  { replicas = 1, ...podSpec }: { readonly replicas?: number; readonly [field: string]: unknown },
) {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container], ...podSpec } },
    },
  };
}

export function httpService(namespace: string, name: string) {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: {
      selector: { app: name },
      ports: [{ name: "http", port: 80, targetPort: 8080, appProtocol: "http" }],
    },
  };
}

export function injectedNamespace(name: string) {
  const labels = { "weft.dev/inject": "enabled" };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

export function strict(namespace: string) {
  return {
    apiVersion: "security.istio.io/v1",
    kind: "PeerAuthentication",
    metadata: { name: "strict", namespace },
    spec: { mtls: { mode: "STRICT" } },
  };
}
