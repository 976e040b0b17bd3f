// The last good plans on disk, so that a proxy also starts and serves while the control plane is
// away. One file, written whole, with a checksum: what is torn or altered is not used.

import { createHash } from "node:crypto";
import type { FileSystem } from "#base/file-system.ts";
import type { Log } from "#base/log.ts";
import type { Update } from "#snapshot/messages.ts";

const FILE = "plans.json";

export class PlanStore {
  readonly #files: FileSystem;
  readonly #path: string;
  readonly #log: Log;

  constructor(files: FileSystem, folder: string, log: Log) {
    this.#files = files;
    this.#path = `${folder}/${FILE}`;
    this.#log = log;
  }

  // All that the proxy held, as one update; undefined where there is nothing good.
  load(): Update | undefined {
    const text = this.#files.read(this.#path);
    if (text === undefined) return undefined;
    const newline = text.indexOf("\n");
    const body = text.slice(newline + 1);
    if (newline < 0 || text.slice(0, newline) !== checksum(body)) {
      this.#log.warn("The saved plans are damaged; starting without them", { path: this.#path });
      return undefined;
    }
    return JSON.parse(body) as Update;
  }

  save(held: Update): void {
    const body = JSON.stringify(held);
    try {
      this.#files.write(this.#path, `${checksum(body)}\n${body}`, 0o600);
    } catch (error) {
      this.#log.warn("Cannot save the plans; a restart will need the control plane", {
        path: this.#path,
        error: String(error),
      });
    }
  }
}

function checksum(body: string): string {
  return createHash("sha256").update(body).digest("hex");
}
