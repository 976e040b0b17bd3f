// The mesh in a cluster: a ready pod of its control plane, and the token that proves the right to
// ask it.

import { ADMIN_SECRET, type AdminSecret, adminTokensIn } from "#api/admin-secret.ts";
import type { Answer } from "#api/answer.ts";
import { NAMES, PORTS } from "#install/names.ts";
import type { ClusterApi } from "#kubernetes/cluster-api.ts";
import type { ClusterObject } from "#kubernetes/cluster-object.ts";
import { openPodPort } from "#kubernetes/pod-port.ts";
import type { AskedMesh } from "./ask-mesh.ts";
import { isPodReady } from "./pod-state.ts";

const { namespace } = NAMES;
const SELECTOR = "app.kubernetes.io/name=weft,app.kubernetes.io/component=control";
const PODS = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(SELECTOR)}`;
const SECRET = `/api/v1/namespaces/${ADMIN_SECRET.namespace}/secrets/${ADMIN_SECRET.name}`;

export async function findClusterMesh(api: ClusterApi): Promise<Answer<AskedMesh>> {
  const { name: context } = api.access;
  const pods = await api.list(PODS);
  if (pods.kind === "failed") {
    return missing(`Cannot find the mesh in context ${context}: ${pods.reason}`, SEE_ACCESS);
  }
  const ready = pods.items.filter(isPodReady);
  const [pod] = ready;
  if (!pod) return missing(noPodText(pods.items, context), SEE_CHECK);
  const secret = await api.request("GET", SECRET);
  const tokens = adminTokensIn(secret.body);
  if (!tokens) {
    const why = secret.status === 200 ? "it has no token" : secret.reason;
    const message = `Cannot read the Secret ${ADMIN_SECRET.namespace}/${ADMIN_SECRET.name}: ${why}`;
    return missing(message, secret.status === 403 ? SEE_ACCESS : SEE_CHECK);
  }
  return { kind: "ok", value: meshOf(api, pod.metadata.name, tokens, ready.length) };
}

const SEE_CHECK = "See `weft check`; `weft install | kubectl apply -f -` installs one";
const SEE_ACCESS =
  "Ask for the rights to list pods and get Secret weft-admin in weft-system, and to get and " +
  "create pods/portforward there";

function meshOf(api: ClusterApi, pod: string, tokens: AdminSecret, replicas: number): AskedMesh {
  return {
    adminUrl: `http://localhost:${PORTS.admin}`,
    token: tokens.write,
    readToken: tokens.read,
    inCluster: {
      name: `${namespace}/${pod} in context ${api.access.name}`,
      replicas,
      async connect() {
        const opening = await openPodPort(api, { namespace, pod, port: PORTS.admin });
        if (opening.kind === "failed") throw new Error(opening.reason);
        return opening.stream;
      },
    },
  };
}

function noPodText(pods: readonly ClusterObject[], context: string): string {
  const found = pods.length === 0 ? "there are none" : `none of ${pods.length} is`;
  return `Cannot find a ready pod of ${namespace}/${NAMES.control} in context ${context}: ${found}`;
}

function missing(message: string, remedy: string): Answer<never> {
  return { kind: "error", error: { code: "unavailable", message, remedy } };
}
