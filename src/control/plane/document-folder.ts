// The files of a mesh's documents, changed several at once: all of them or none.

import { createHash } from "node:crypto";
import { dirname } from "node:path";
import type { DocumentChange } from "#api/documents.ts";
import type { FileSystem } from "#base/file-system.ts";
import { LIMITS } from "#base/limits.ts";
import { isDocumentFile, isSkipped } from "#control/sources/list-document-files.ts";

const NEW_FILE_MODE = 0o644;
const NEW_FOLDER_MODE = 0o755;

export class DocumentFolder {
  readonly #folder: string;
  readonly #files: FileSystem;

  constructor(folder: string, files: FileSystem) {
    this.#folder = folder;
    this.#files = files;
  }

  // Null where there is no such file.
  read(file: string): string | null {
    return this.#files.read(this.#pathOf(file)) ?? null;
  }

  // Why a change can't be made; undefined where it can.
  refusal({ file, text, before }: DocumentChange): string | undefined {
    if (!isWithin(file)) {
      return `Cannot change "${file}": must be a .yaml, .yml or .json file in the folder`;
    }
    if (text !== null && Buffer.byteLength(text) > LIMITS.documentBytesMax) {
      return `Cannot write ${file}: more than ${LIMITS.documentBytesMax} bytes`;
    }
    const now = this.read(file);
    if ((now === null ? null : hashOf(now)) === before) return undefined;
    const found = now === null ? "it isn't there any more" : "it is another one now";
    return `Cannot change ${file}: ${before === null ? "it is there already" : found}`;
  }

  // Throws what the disk says, with everything as it was before.
  write(changes: readonly Pick<DocumentChange, "file" | "text">[]): void {
    const done: { file: string; text: string | null }[] = [];
    try {
      for (const { file, text } of changes) {
        const before = this.read(file);
        this.#put(file, text);
        done.push({ file, text: before });
      }
    } catch (error) {
      for (const { file, text } of done.reverse()) this.#put(file, text);
      throw error;
    }
  }

  #put(file: string, text: string | null): void {
    const path = this.#pathOf(file);
    if (text === null) return this.#files.remove(path);
    this.#files.makeFolder(dirname(path), NEW_FOLDER_MODE);
    this.#files.write(path, text, this.#files.mode(path) ?? NEW_FILE_MODE);
  }

  #pathOf(file: string): string {
    return `${this.#folder}/${file}`;
  }
}

export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}

// Hidden files and folders are editors' and our own.
function isWithin(file: string): boolean {
  const parts = file.split("/");
  return (
    isDocumentFile(file) &&
    parts.length <= LIMITS.documentFolderDepthMax &&
    parts.every((part) => part !== "" && part !== ".." && !isSkipped(part)) &&
    !/[\0\\]/.test(file)
  );
}
