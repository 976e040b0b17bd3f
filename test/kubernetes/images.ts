// Weft's image, as this checkout makes it, in the cluster. Pods of tests that need Node use it too.

import { readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { Cluster } from "./cluster.ts";

export function weftImage(): string {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  return `weft.dev/weft:${version}`;
}

// Once for a cluster, whoever asks first.
export function importWeftImage(cluster: Cluster): Promise<void> {
  return cluster.once("weft image", () => importMade(cluster, "tools/image.ts"));
}

// The bookshop's programs, for examples/bookshop/kubernetes.
export function importBookshopImage(cluster: Cluster): Promise<void> {
  return cluster.once("bookshop image", () => importMade(cluster, "tools/bookshop-image.ts"));
}

async function importMade(cluster: Cluster, tool: string): Promise<void> {
  const file = join(cluster.state, basename(tool, ".ts"));
  await cluster.run(process.execPath, [tool, file]);
  await cluster.importImage(file);
  rmSync(file);
}
