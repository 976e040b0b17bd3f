// The files of documents in a folder and below it, in one order on every machine.

import type { FileSystem } from "#base/file-system.ts";
import { LIMITS } from "#base/limits.ts";

export type DocumentFiles = {
  // Relative to the folder, with "/".
  readonly files: readonly string[];
  // The folders that were looked into, "" for the folder itself.
  readonly folders: readonly string[];
  // There were more than LIMITS.documentsMax files or folders, or they lie too deep.
  readonly isCut: boolean;
};

// `entering` is called before a folder is listed, so that a watch misses nothing.
export function listDocumentFiles(
  root: string,
  disk: FileSystem,
  entering: (folder: string) => void,
): DocumentFiles {
  const files: string[] = [];
  const folders: string[] = [];
  let isCut = false;
  const visit = (folder: string, depth: number) => {
    if (depth > LIMITS.documentFolderDepthMax || folders.length >= LIMITS.documentsMax) {
      isCut = true;
      return;
    }
    folders.push(folder);
    entering(folder);
    for (const name of disk.list(pathIn(root, folder)).toSorted()) {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (isSkipped(name)) continue;
      if (disk.isFolder(pathIn(root, path))) visit(path, depth + 1);
      else if (!isDocumentFile(name)) continue;
      else if (files.length < LIMITS.documentsMax) files.push(path);
      else isCut = true;
    }
  };
  visit("", 0);
  return { files, folders, isCut };
}

export function pathIn(root: string, path: string): string {
  return path === "" ? root : `${root}/${path}`;
}

export function isDocumentFile(name: string): boolean {
  return /\.(yaml|yml|json)$/.test(name);
}

// Hidden ones are editors' and our own.
export function isSkipped(name: string): boolean {
  return name.startsWith(".") || name === "node_modules";
}
