// The cluster and the user of one context of a kubeconfig (v1,
// https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/).

import { dirname, resolve } from "node:path";
import type { AccessReading, AccessSurroundings, ServerTrust } from "./cluster-access.ts";
import { loadKubeconfig, type Part } from "./load-kubeconfig.ts";
import { userCredentials } from "./user-credentials.ts";

// `path`: absent, those of $KUBECONFIG, else ~/.kube/config. `context`: absent, the current one.
export async function kubeconfigAccess(
  { path, context }: { readonly path?: string; readonly context?: string },
  surroundings: AccessSurroundings,
): Promise<AccessReading> {
  try {
    const { clusters, users, contexts, current } = await loadKubeconfig(path, surroundings);
    const wanted = context ?? current;
    if (wanted === "") return refused("The kubeconfig has no current-context: name one");
    const chosen = named(contexts, wanted, "context");
    const { body: cluster, file } = named(clusters, text(chosen.body["cluster"]), "cluster");
    const user = users.get(text(chosen.body["user"]));
    const server = new URL(text(cluster["server"]));
    if (cluster["proxy-url"] !== undefined) {
      return refused(`Not supported: proxy-url of cluster "${text(chosen.body["cluster"])}"`);
    }
    const trust = trustOf(cluster, file, surroundings);
    return {
      kind: "read",
      access: {
        ...{ server, name: wanted, namespace: text(chosen.body["namespace"]) || "default", trust },
        credentials: userCredentials(user, told(server, trust), surroundings),
      },
    };
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
}

function named(parts: ReadonlyMap<string, Part>, name: string, what: string): Part {
  const part = parts.get(name);
  if (part) return part;
  const known = [...parts.keys()].join(", ") || "none";
  throw new Error(`The kubeconfig has no ${what} "${name}"; it has: ${known}`);
}

function trustOf(body: Part["body"], file: string, { files }: AccessSurroundings): ServerTrust {
  const data = text(body["certificate-authority-data"]);
  const path = text(body["certificate-authority"]);
  const place = resolve(dirname(file), path);
  const ca = data ? Buffer.from(data, "base64").toString() : path && files.read(place);
  if (ca === undefined) throw new Error(`Cannot read certificate-authority "${place}"`);
  const serverName = text(body["tls-server-name"]);
  return {
    ...(ca && { ca }),
    ...(serverName && { serverName }),
    ...(body["insecure-skip-tls-verify"] === true && { isUnchecked: true as const }),
  };
}

// What a plugin that asks for the cluster is told of it.
function told(server: URL, { ca, serverName, isUnchecked }: ServerTrust): object {
  return {
    server: server.href,
    ...(ca && { "certificate-authority-data": Buffer.from(ca).toString("base64") }),
    ...(serverName && { "tls-server-name": serverName }),
    ...(isUnchecked && { "insecure-skip-tls-verify": true }),
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function refused(reason: string): AccessReading {
  return { kind: "refused", reason };
}
