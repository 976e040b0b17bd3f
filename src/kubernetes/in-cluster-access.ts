// How a pod reaches its own cluster's API server: by its service account, whose token the kubelet
// replaces long before it ends.

import type { AccessReading, AccessSurroundings } from "./cluster-access.ts";

const FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";
// As client-go does it.
const TOKEN_LIFE_MS = 60_000;

export function inClusterAccess({ files, environment, clock }: AccessSurroundings): AccessReading {
  const host = environment["KUBERNETES_SERVICE_HOST"];
  const port = environment["KUBERNETES_SERVICE_PORT"] ?? "443";
  const ca = files.read(`${FOLDER}/ca.crt`);
  if (!host || ca === undefined) {
    const missing = host ? `${FOLDER}/ca.crt is missing` : "KUBERNETES_SERVICE_HOST is not set";
    return { kind: "refused", reason: `Not in a pod with a service account: ${missing}` };
  }
  let token: string | undefined;
  let readAtMs = 0;
  return {
    kind: "read",
    access: {
      server: new URL(`https://${host.includes(":") ? `[${host}]` : host}:${port}`),
      name: "in-cluster",
      namespace: files.read(`${FOLDER}/namespace`)?.trim() || "default",
      trust: { ca },
      async credentials(wasRefused) {
        if (token === undefined || wasRefused || clock.nowMs() - readAtMs > TOKEN_LIFE_MS) {
          token = files.read(`${FOLDER}/token`)?.trim() ?? token;
          readAtMs = clock.nowMs();
        }
        if (token === undefined) throw new Error(`Cannot read "${FOLDER}/token"`);
        return { authorization: `Bearer ${token}` };
      },
    },
  };
}
