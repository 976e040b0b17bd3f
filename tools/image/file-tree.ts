// What an image holds, by absolute path, before it becomes a layer.

import { spawnSync } from "node:child_process";
import { globSync, lstatSync, readFileSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

export type TreeFile = { readonly content: Buffer; readonly isProgram: boolean };
export type TreeEntry = TreeFile | { readonly link: string } | { readonly mode: number };

const FOLDER_MODE = 0o755;

export class FileTree {
  readonly #entries = new Map<string, TreeEntry>();

  // Sorted, each folder before what is in it.
  entries(): (readonly [string, TreeEntry])[] {
    return [...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  folder(path: string, mode = FOLDER_MODE): void {
    this.#addParents(path);
    this.#entries.set(path, { mode });
  }

  file(path: string, content: string | Buffer, isProgram = false): void {
    this.#addParents(path);
    this.#entries.set(path, { content: Buffer.from(content), isProgram });
  }

  link(path: string, target: string): void {
    this.#addParents(path);
    this.#entries.set(path, { link: target });
  }

  // A file of this machine, at the same path or another.
  copy(source: string, path = source): void {
    const isProgram = (statSync(source).mode & 0o111) !== 0;
    this.file(path, readFileSync(source), isProgram);
  }

  // What lies in a folder of this machine; `keeps` says of each file's path in it whether it is
  // wanted. Links stay links.
  copyFolder(source: string, path: string, keeps: (file: string) => boolean = () => true): void {
    for (const file of globSync("**/*", { cwd: source })) {
      const from = join(source, file);
      const found = lstatSync(from);
      if (found.isDirectory() || !keeps(file)) continue;
      if (found.isSymbolicLink()) this.link(join(path, file), readlinkSync(from));
      else this.copy(from, join(path, file));
    }
  }

  // The shared libraries that a program or library of this machine needs, where its loader looks.
  copyLibrariesOf(program: string): void {
    const { status, stdout } = spawnSync("ldd", [program], { encoding: "utf8" });
    if (status !== 0) return; // Linked statically.
    for (const [library] of stdout.matchAll(/\/\S+/g)) {
      if (!this.#entries.has(library)) this.copy(realpathSync(library), library);
    }
  }

  #addParents(path: string): void {
    const parent = dirname(path);
    if (parent === "/" || this.#entries.has(parent)) return;
    this.folder(parent);
  }
}
