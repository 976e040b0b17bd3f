// Tar archives that depend on nothing but what is in them: no times, no owners (POSIX 1003.1-1988,
// "ustar").

import type { FileTree, TreeEntry } from "./file-tree.ts";

const BLOCK = 512;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
const TYPE_FILE = "0";
const TYPE_LINK = "2";
const TYPE_FOLDER = "5";

export function tarOfTree(tree: FileTree): Buffer {
  return tar(tree.entries().map(([path, entry]) => encode(path.slice(1), entry)));
}

export function tarOfFiles(files: readonly (readonly [string, Buffer])[]): Buffer {
  return tar(files.map(([name, content]) => encode(name, { content, isProgram: false })));
}

function tar(entries: readonly Buffer[][]): Buffer {
  return Buffer.concat([...entries.flat(), Buffer.alloc(2 * BLOCK)]);
}

function encode(path: string, entry: TreeEntry): Buffer[] {
  if ("mode" in entry) return [head(`${path}/`, entry.mode, 0, TYPE_FOLDER)];
  if ("link" in entry) return [head(path, 0o777, 0, TYPE_LINK, entry.link)];
  const { content, isProgram } = entry;
  const mode = isProgram ? 0o755 : 0o644;
  const rest = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return [head(path, mode, content.length, TYPE_FILE), content, rest];
}

function head(path: string, mode: number, size: number, type: string, link = ""): Buffer {
  const block = Buffer.alloc(BLOCK);
  const { name, prefix } = splitPath(path);
  block.write(name, 0);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  block.write(" ".repeat(8), 148);
  block.write(type, 156);
  if (Buffer.byteLength(link) > NAME_BYTES) throw new Error(`too long for a link: ${link}`);
  block.write(link, 157);
  block.write("ustar\x0000", 257, "latin1");
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

function octal(value: number, bytes: number): string {
  return value.toString(8).padStart(bytes - 1, "0");
}

function splitPath(path: string): { name: string; prefix: string } {
  if (Buffer.byteLength(path) <= NAME_BYTES) return { name: path, prefix: "" };
  for (let i = path.indexOf("/"); i >= 0; i = path.indexOf("/", i + 1)) {
    const prefix = path.slice(0, i);
    const name = path.slice(i + 1);
    const fits = Buffer.byteLength(name) <= NAME_BYTES && Buffer.byteLength(prefix) <= PREFIX_BYTES;
    if (fits && name !== "") return { name, prefix };
  }
  throw new Error(`too long for a tar archive: ${path}`);
}
