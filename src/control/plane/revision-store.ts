// The number of the newest revision, across restarts: a proxy never goes back to an older one.

import type { FileSystem } from "#base/file-system.ts";
import type { Log } from "#base/log.ts";

// Numbers are reserved on disk in steps, so that not every revision costs a write.
const STEP = 100;

export type Revisions = {
  next(): number;
  // A proxy holds this one already.
  exceed(revision: number): void;
};

export class RevisionStore implements Revisions {
  readonly #files: FileSystem;
  readonly #path: string;
  readonly #log: Log;
  #last: number;
  #reserved: number;

  constructor(files: FileSystem, path: string, log: Log) {
    this.#files = files;
    this.#path = path;
    this.#log = log;
    const saved = Number(files.read(path) ?? 0);
    this.#last = Number.isSafeInteger(saved) ? saved : 0;
    this.#reserved = this.#last;
  }

  next(): number {
    this.#last++;
    if (this.#last > this.#reserved) this.#reserve();
    return this.#last;
  }

  // A proxy holds this one already: ours got lost.
  exceed(revision: number): void {
    this.#last = Math.max(this.#last, revision);
  }

  #reserve(): void {
    this.#reserved = this.#last + STEP;
    try {
      this.#files.write(this.#path, String(this.#reserved), 0o600);
    } catch (error) {
      this.#log.warn("Cannot save the revision; after a restart proxies will tell theirs", {
        path: this.#path,
        error: String(error),
      });
    }
  }
}
