// What was changed through the API, so that it can be rolled back, also after a restart. The
// oldest are forgotten.

import type { AppliedChange } from "#api/documents.ts";
import type { FileSystem } from "#base/file-system.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";

export type JournalEntry = AppliedChange & {
  // Texts; null where there was no file.
  readonly contents: readonly JournalFile[];
};

export type JournalFile = {
  readonly file: string;
  readonly before: string | null;
  readonly after: string | null;
};

export type JournalOptions = {
  readonly files: Pick<FileSystem, "read" | "write">;
  readonly path: string;
  readonly log: Log;
};

export class DocumentJournal {
  readonly #options: JournalOptions;
  // The newest first.
  #entries: readonly JournalEntry[];

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#entries = this.#load();
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  add(entry: JournalEntry): void {
    const kept: JournalEntry[] = [];
    let bytes = 0;
    for (const each of [entry, ...this.#entries]) {
      const size = JSON.stringify(each).length;
      const hasRoom =
        kept.length < LIMITS.changesKeptMax && bytes + size <= LIMITS.changesKeptBytesMax;
      // What is to end by itself must be known until it has.
      const isAwaited = each.endsAtMs !== null && each.state === "in-force";
      if (!hasRoom && !isAwaited && each !== entry) continue;
      kept.push(each);
      bytes += size;
    }
    this.#entries = kept;
    this.#save();
  }

  rolledBack(id: string): void {
    this.#entries = this.#entries.map((entry) =>
      entry.id === id ? { ...entry, state: "rolled-back", endsAtMs: null } : entry,
    );
    this.#save();
  }

  #load(): readonly JournalEntry[] {
    const { files, path, log } = this.#options;
    const text = files.read(path);
    if (text === undefined) return [];
    try {
      return JSON.parse(text) as JournalEntry[];
    } catch {
      log.warn("Cannot read what was changed before; that can't be rolled back", { path });
      return [];
    }
  }

  #save(): void {
    const { files, path, log } = this.#options;
    try {
      files.write(path, JSON.stringify(this.#entries), 0o600);
    } catch (error) {
      log.warn("Cannot save what was changed; a restart would forget it", {
        path,
        error: String(error),
      });
    }
  }
}
