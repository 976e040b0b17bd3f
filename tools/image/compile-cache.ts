// The layer with V8's compiled code of all that the image's programs load when they start. Unlike
// all other layers it isn't the same to the byte when it is made again. On a processor of another
// kind V8 finds it stale and compiles anew.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { FileTree } from "./file-tree.ts";
import { WEFT } from "./weft-layer.ts";

const CACHE = `${WEFT}/compile-cache`;

// Entries name files by their place relative to the folder, so that they hold wherever it lies.
export const CACHE_ENVIRONMENT: Readonly<Record<string, string>> = {
  NODE_COMPILE_CACHE: CACHE,
  NODE_COMPILE_CACHE_PORTABLE: "1",
};

export function compileCacheTree(weft: FileTree): FileTree {
  const stage = mkdtempSync(join(tmpdir(), "weft-image-"));
  try {
    write(weft, stage);
    const main = join(stage, WEFT, "dist", "main");
    const cache = join(stage, CACHE);
    for (const module of readdirSync(main).filter((file) => /^run-.*\.js$/.test(file))) {
      load(join(main, module), cache);
    }
    const tree = new FileTree();
    tree.copyFolder(cache, CACHE);
    return tree;
  } finally {
    rmSync(stage, { recursive: true });
  }
}

// Imports a module that does nothing by itself, and ends.
function load(module: string, cache: string): void {
  const url = JSON.stringify(pathToFileURL(module).href);
  const script = `import(${url}).then(() => process.exit(0))`;
  const environment = { ...process.env, ...CACHE_ENVIRONMENT, NODE_COMPILE_CACHE: cache };
  const { status } = spawnSync(process.execPath, ["--eval", script], {
    env: environment,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) throw new Error(`${module} can't be loaded from the image, see above`);
}

function write(tree: FileTree, root: string): void {
  for (const [path, entry] of tree.entries()) {
    const place = join(root, path);
    mkdirSync("mode" in entry ? place : dirname(place), { recursive: true });
    if ("content" in entry) writeFileSync(place, entry.content);
    else if ("link" in entry) symlinkSync(entry.link, place);
  }
}
