// The layer with Weft itself: what is emitted, and of the dependencies what is loaded.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { FileTree } from "./file-tree.ts";

export const WEFT = "/weft";
const CODE = /\.(js|cjs|mjs|json|node)$/;
const LICENSE = /(^|\/)(licen[cs]e|notice|copying)[^/]*$/i;
const NOT_LOADED = /(^|\/)(test|tests|__tests__|benchmark|benchmarks|docs|examples?|\.github)\//;
const LAUNCHER = `#!/usr/local/bin/node
import("${WEFT}/dist/main/weft.js");
`;

export function weftTree(): FileTree {
  const tree = new FileTree();
  for (const file of ["package.json", "LICENSE"]) tree.copy(file, join(WEFT, file));
  tree.copyFolder("dist", join(WEFT, "dist"));
  for (const folder of productionPackages()) {
    tree.copyFolder(folder, join(WEFT, folder), isLoaded);
  }
  tree.file("/usr/local/bin/weft", LAUNCHER, true);
  return tree;
}

function isLoaded(file: string): boolean {
  if (file.includes("node_modules/")) return false; // A package of its own.
  if (file.includes("musl")) return false;
  return LICENSE.test(file) || (CODE.test(file) && !NOT_LOADED.test(file));
}

// The folders of what is needed at run time, as `npm ci` has laid them out.
function productionPackages(): string[] {
  const found = new Set<string>();
  const root = manifestOf(".");
  for (const name of Object.keys(root.dependencies ?? {})) visit(name, ".", found);
  return [...found].sort();
}

function visit(name: string, from: string, found: Set<string>): void {
  const folder = resolvePackage(name, from);
  // Optional and for another kind of machine.
  if (folder === undefined || found.has(folder)) return;
  found.add(folder);
  const { dependencies = {}, optionalDependencies = {} } = manifestOf(folder);
  for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) {
    visit(next, folder, found);
  }
}

function resolvePackage(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
    if (folder === ".") return undefined;
  }
}

type Manifest = {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}
