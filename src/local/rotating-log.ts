// A log file that never grows beyond its limit: when it's full it is kept once, as `<file>.1`, and
// a new one begun. A full disk loses lines, never the process that writes them.

import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { systemReason } from "./system-reason.ts";

export type RotatingLogOptions = {
  readonly path: string;
  readonly bytesMax: number;
  // One plain sentence when writing begins to fail; told again only after it worked in between.
  readonly complain: (sentence: string) => void;
};

export class RotatingLog {
  readonly #options: RotatingLogOptions;
  #file: number | undefined;
  #bytes = 0;
  #isFailing = false;

  constructor(options: RotatingLogOptions) {
    this.#options = options;
  }

  get path(): string {
    return this.#options.path;
  }

  write(bytes: Uint8Array): void {
    try {
      this.#append(bytes);
      this.#isFailing = false;
    } catch (error) {
      if (this.#isFailing) return;
      this.#isFailing = true;
      const reason = systemReason(error);
      this.#options.complain(`Cannot write the log ${this.path}: ${reason}. Its lines are lost`);
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #append(bytes: Uint8Array): void {
    if (this.#bytes > 0 && this.#bytes + bytes.length > this.#options.bytesMax) this.#rotate();
    this.#file ??= this.#open();
    writeSync(this.#file, bytes);
    this.#bytes += bytes.length;
  }

  #open(): number {
    const file = openSync(this.path, "a", 0o600);
    this.#bytes = fstatSync(file).size;
    return file;
  }

  #rotate(): void {
    this.close();
    this.#bytes = 0;
    renameSync(this.path, `${this.path}.1`);
  }
}
