// Who the user of a kubeconfig is to the API server: a certificate, a token, or what a program
// says.

import { dirname, resolve } from "node:path";
import type { AccessSurroundings, ClusterAccess, ClusterCredentials } from "./cluster-access.ts";
import { ExecCredentials, type ExecPlugin } from "./exec-credentials.ts";
import type { Part } from "./load-kubeconfig.ts";

export function userCredentials(
  user: Part | undefined,
  cluster: object,
  surroundings: AccessSurroundings,
): ClusterAccess["credentials"] {
  if (!user) return async () => ({});
  const { body } = user;
  if (body["auth-provider"] !== undefined) {
    throw new Error("Not supported: auth-provider, which kubectl no longer has; use exec");
  }
  if (body["exec"] !== undefined) {
    const exec = new ExecCredentials(pluginOf(user, cluster), surroundings);
    return (wasRefused) => exec.get(wasRefused);
  }
  const fileOr = (data: string, path: string): string | undefined => {
    const written = body[data];
    if (typeof written === "string") return Buffer.from(written, "base64").toString();
    return readNamed(user, path, surroundings);
  };
  const certificate = fileOr("client-certificate-data", "client-certificate");
  const key = fileOr("client-key-data", "client-key");
  const pair = certificate !== undefined && key !== undefined ? { certificate, key } : {};
  // Read anew each time: who writes it replaces it.
  return async () => ({ ...pair, ...authorization(user, surroundings) });
}

function authorization(user: Part, surroundings: AccessSurroundings): ClusterCredentials {
  const { body } = user;
  const token = readNamed(user, "tokenFile", surroundings)?.trim() ?? body["token"];
  if (typeof token === "string") return { authorization: `Bearer ${token}` };
  const { username, password } = body;
  if (typeof username !== "string" || typeof password !== "string") return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
}

function readNamed(user: Part, field: string, { files }: AccessSurroundings): string | undefined {
  const path = user.body[field];
  if (typeof path !== "string") return undefined;
  const place = resolve(dirname(user.file), path);
  const found = files.read(place);
  if (found === undefined) throw new Error(`Cannot read ${field} "${place}"`);
  return found;
}

function pluginOf({ body, file }: Part, cluster: object): ExecPlugin {
  const exec = body["exec"] as Readonly<Record<string, unknown>>;
  const command = String(exec["command"] ?? "");
  const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
  return {
    apiVersion: String(exec["apiVersion"] ?? "client.authentication.k8s.io/v1"),
    // A path is meant from the kubeconfig's folder, a bare name from $PATH.
    command: command.includes("/") ? resolve(dirname(file), command) : command,
    args: list(exec["args"]).map(String),
    environment: list(exec["env"]).map((each) => {
      const { name, value } = each as { name?: unknown; value?: unknown };
      return [String(name), String(value)] as const;
    }),
    hint: String(exec["installHint"] ?? ""),
    cluster: exec["provideClusterInfo"] === true ? cluster : undefined,
  };
}
