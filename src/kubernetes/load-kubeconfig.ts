// The files of a kubeconfig as one: of what several define, the first counts.

import { join } from "node:path";
import type { AccessSurroundings } from "./cluster-access.ts";

export type Kubeconfig = {
  readonly clusters: ReadonlyMap<string, Part>;
  readonly users: ReadonlyMap<string, Part>;
  readonly contexts: ReadonlyMap<string, Part>;
  readonly current: string; // "" where nothing is
};

// `file`: relative paths are meant from its folder.
export type Part = { readonly body: Readonly<Record<string, unknown>>; readonly file: string };

// Throws a sentence where nothing can be read.
export async function loadKubeconfig(
  path: string | undefined,
  { files, environment }: AccessSurroundings,
): Promise<Kubeconfig> {
  const { parse } = await import("yaml");
  const paths = path === undefined ? pathsIn(environment) : [path];
  const found = { clusters: new Map(), users: new Map(), contexts: new Map(), current: "" };
  let count = 0;
  for (const file of paths) {
    const text = files.read(file);
    if (text === undefined) continue;
    count++;
    const whole = record(parsed(parse, text, file));
    collect(found.clusters, whole["clusters"], "cluster", file);
    collect(found.users, whole["users"], "user", file);
    collect(found.contexts, whole["contexts"], "context", file);
    if (found.current === "") found.current = String(whole["current-context"] ?? "");
  }
  if (count === 0) {
    throw new Error(`Found no kubeconfig at ${paths.join(", ")}: set KUBECONFIG or name one`);
  }
  return found;
}

function pathsIn(environment: AccessSurroundings["environment"]): readonly string[] {
  const named = (environment["KUBECONFIG"] ?? "").split(":").filter((path) => path !== "");
  return named.length > 0 ? named : [join(environment["HOME"] ?? "/", ".kube", "config")];
}

function parsed(parse: (text: string) => unknown, text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const [line] = String((error as Error).message).split("\n");
    throw new Error(`Cannot read the kubeconfig "${file}": ${line}`);
  }
}

function collect(into: Map<string, Part>, list: unknown, what: string, file: string): void {
  if (!Array.isArray(list)) return;
  for (const each of list) {
    const { name, [what]: body } = record(each);
    if (typeof name === "string" && !into.has(name)) into.set(name, { body: record(body), file });
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
