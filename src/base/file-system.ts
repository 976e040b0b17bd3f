// What Weft needs of a disk, as a parameter, so that a simulator can tear, lose and delay it.

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";

export type FileSystem = {
  read(path: string): string | undefined;
  // Whole or not at all: a crash leaves the old file or the new one. `mode` as in chmod.
  write(path: string, text: string, mode: number): void;
  makeFolder(path: string, mode: number): void;
  list(path: string): readonly string[];
  isFolder(path: string): boolean;
  // Who may do what, as in chmod (0o600); undefined where nothing is.
  mode(path: string): number | undefined;
  // Size and time, to see cheaply whether a file is another one; undefined where nothing is.
  stamp(path: string): FileStamp | undefined;
  remove(path: string): void;
};

export type FileStamp = { readonly bytes: number; readonly modifiedMs: number };

export const systemFiles: FileSystem = {
  read(path) {
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },
  write(path, text, mode) {
    const temporary = `${path}.${process.pid}.new`;
    const file = openSync(temporary, "w", mode);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  },
  makeFolder: (path, mode) => void mkdirSync(path, { recursive: true, mode }),
  list(path) {
    try {
      return readdirSync(path).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  },
  isFolder(path) {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  },
  mode(path) {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode;
    return mode === undefined ? undefined : mode & 0o7777;
  },
  stamp(path) {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat && { bytes: stat.size, modifiedMs: stat.mtimeMs };
  },
  remove: (path) => rmSync(path, { recursive: true, force: true }),
};

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
