// The text of every document file as it was last free of errors, on disk: a control plane that
// restarts while a file is broken goes on with what it knew before.

import type { FileSystem } from "#base/file-system.ts";
import type { Log } from "#base/log.ts";
import type { DocumentSet } from "#control/sources/document-set.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";

const BYTES_MAX = 16 * 1024 * 1024;

export type LastGoodOptions = {
  readonly files: Pick<FileSystem, "read" | "write">;
  readonly path: string;
  readonly log: Log;
};

export class LastGoodDocuments {
  readonly #options: LastGoodOptions;
  #saved = "";

  constructor(options: LastGoodOptions) {
    this.#options = options;
  }

  // By file, relative to the folder of documents.
  load(): ReadonlyMap<string, string> {
    const text = this.#options.files.read(this.#options.path);
    if (text === undefined) return new Map();
    try {
      const entries: unknown = JSON.parse(text);
      if (Array.isArray(entries) && entries.every(isEntry)) {
        this.#saved = text;
        return new Map(entries);
      }
    } catch {
      // Falls through to the warning.
    }
    this.#options.log.warn("Cannot read the last good documents; only what stands in the files", {
      path: this.#options.path,
    });
    return new Map();
  }

  note({ texts }: DocumentSet, diagnostics: readonly Diagnostic[]): void {
    const broken = new Set(
      diagnostics
        .filter(({ severity }) => severity === "error")
        .map(({ position }) => position?.file),
    );
    const before = new Map(this.#saved === "" ? [] : (JSON.parse(this.#saved) as Entry[]));
    const entries: Entry[] = [];
    let bytes = 0;
    for (const [file, text] of texts) {
      const good = broken.has(file) ? before.get(file) : text;
      if (good === undefined || bytes + good.length > BYTES_MAX) continue;
      bytes += good.length;
      entries.push([file, good]);
    }
    this.#save(JSON.stringify(entries));
  }

  #save(text: string): void {
    if (text === this.#saved) return;
    const { files, path, log } = this.#options;
    try {
      files.write(path, text, 0o600);
      this.#saved = text;
    } catch (error) {
      log.warn("Cannot save the last good documents", { path, error: String(error) });
    }
  }
}

type Entry = [file: string, text: string];

function isEntry(value: unknown): value is Entry {
  return Array.isArray(value) && value.length === 2 && value.every((x) => typeof x === "string");
}
