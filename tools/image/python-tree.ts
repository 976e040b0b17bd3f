// Debian's Python with that part of its library which given modules load: 10 MB instead of 60.

import { spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import type { FileTree } from "./file-tree.ts";

const PYTHON = "/usr/bin/python3";
const LOADED = `
import sys
print("\\n".join({m.__file__ for m in list(sys.modules.values()) if getattr(m, "__file__", None)}))
`;
// Loaded when they are first used.
const CODECS = ["encodings.ascii", "encodings.idna", "encodings.latin_1", "encodings.utf_8"];

export function copyPython(tree: FileTree, modules: readonly string[]): void {
  const script = `import ${[...modules, ...CODECS].join(", ")}\n${LOADED}`;
  // Neither the user's environment nor packages that somebody has installed.
  const { status, stdout } = spawnSync(PYTHON, ["-I", "-S", "-c", script], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${PYTHON} with ${modules.join(", ")} is missing: install it`);
  for (const file of stdout.trim().split("\n")) {
    tree.copy(file);
    if (file.includes(".so")) tree.copyLibrariesOf(file);
  }
  const program = realpathSync(PYTHON);
  tree.copy(program);
  tree.copyLibrariesOf(program);
  if (program !== PYTHON) tree.link(PYTHON, program);
}
