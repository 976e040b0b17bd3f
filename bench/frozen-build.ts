// A copy of the emitted product, so that all repeats measure the same code while somebody goes on
// working in the checkout.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type FrozenBuild = {
  readonly weft: readonly string[];
  readonly load: readonly string[];
};

export type FrozenBuildOptions = {
  // A commit; undefined: the checkout as it is.
  readonly revision?: string | undefined;
  // Further ones for the Node that runs the sidecars.
  readonly proxyFlags?: readonly string[];
};

const CHECKOUT = join(import.meta.dirname, "..");
const BUILT_FROM = ["src", "package.json", "tsconfig.json", "tsconfig.build.json"];

export function freezeBuild(folder: string, options: FrozenBuildOptions = {}): FrozenBuild {
  mkdirSync(folder, { recursive: true });
  // A link into the checkout: nothing may run npm in this folder, which would empty what it points
  // to. So neither the launcher, nor tools/, nor the lock file are put here.
  symlinkSync(join(CHECKOUT, "node_modules"), join(folder, "node_modules"));
  if (options.revision === undefined) copyCheckout(folder);
  else buildRevision(folder, options.revision);
  addProxyFlags(folder, options.proxyFlags ?? []);
  const node = join(CHECKOUT, "node_modules", ".bin", "node");
  return {
    weft: [node, join(folder, "dist", "main", "weft.js")],
    load: [node, join(folder, "dist", "bench", "load", "main.js")],
  };
}

function copyCheckout(folder: string): void {
  execFileSync("sh", [join(CHECKOUT, "tools", "prepare.sh")]);
  for (const name of ["dist", "package.json"]) {
    cpSync(join(CHECKOUT, name), join(folder, name), { recursive: true });
  }
}

function buildRevision(folder: string, revision: string): void {
  const tar = execFileSync("git", ["archive", "--format=tar", revision, ...BUILT_FROM], {
    cwd: CHECKOUT,
    maxBuffer: 2 ** 28,
  });
  execFileSync("tar", ["-x", "-C", folder], { input: tar });
  const tsc = join(CHECKOUT, "node_modules", ".bin", "tsc");
  // What it says of types is of no interest here.
  execFileSync(tsc, ["-p", "tsconfig.build.json", "--outDir", "dist", "--noCheck"], {
    cwd: folder,
  });
  const imports = { type: "module", imports: { "#*.ts": "./*.js" } };
  writeFileSync(join(folder, "dist", "package.json"), JSON.stringify(imports));
  // Also where the revision has none yet: two of them then differ by their sources alone.
  const bundle = join(CHECKOUT, "tools", "bundle-proxy.ts");
  execFileSync(process.execPath, [bundle, join(folder, "dist")]);
}

function addProxyFlags(folder: string, flags: readonly string[]): void {
  if (flags.length === 0) return;
  const path = join(folder, "dist", "local", "executables.js");
  const text = readFileSync(path, "utf8");
  const listed = flags.map((flag) => JSON.stringify(flag)).join(", ");
  const changed = text.replace("const PROXY_FLAGS = [", `$&${listed}, `);
  if (changed === text) throw new Error(`Cannot add flags: no PROXY_FLAGS in ${path}`);
  writeFileSync(path, changed);
}
