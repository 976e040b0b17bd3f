// The product's own pair of sidecars, with an application of ours behind it and as many descriptors
// as this user may have.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type FrozenBuild, freezeBuild } from "./frozen-build.ts";
import type { Rig } from "./rig.ts";
import { startWeftPair, type WeftPair, writeMesh } from "./weft-pair.ts";

const NODE = join(import.meta.dirname, "..", "node_modules", ".bin", "node");
const RAISED = ["sh", "-c", 'ulimit -n "$(ulimit -H -n)" && exec "$0" "$@"'];

// Ahead of whatever else the machine does, where we may: what is measured is the pair and not how
// long it waits for a core. (Nice values count only within a session, and each of these has one.)
export const AHEAD = ["sh", "-c", 'chrt --rr -p 1 $$ 2>/dev/null; exec "$0" "$@"'];

export type RealPair = { readonly pair: WeftPair; readonly build: FrozenBuild };

// `revision`: a commit; undefined: the checkout as it is.
export async function startRealPair(
  { children, folder }: Rig,
  revision: string | undefined,
): Promise<RealPair> {
  const mesh = join(folder, "mesh");
  mkdirSync(mesh);
  writeMesh(mesh);
  const frozen = freezeBuild(join(folder, "build"), { revision });
  const build = { ...frozen, weft: [...AHEAD, ...RAISED, ...frozen.weft] };
  return { pair: await startWeftPair(children, build, mesh), build };
}

// A program of this folder, in a process of its own.
export function benchProgram(name: string, asked: object): readonly string[] {
  return [...RAISED, NODE, join(import.meta.dirname, name), JSON.stringify(asked)];
}
