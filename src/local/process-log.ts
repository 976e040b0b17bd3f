// What a process prints: into its log file, and its last lines in memory for the sentence that
// tells of its end.

import { LIMITS } from "#base/limits.ts";
import { RotatingLog } from "./rotating-log.ts";

export class ProcessLog {
  readonly #file: RotatingLog;
  #tail = "";

  constructor(path: string, complain: (sentence: string) => void) {
    this.#file = new RotatingLog({ path, bytesMax: LIMITS.logFileBytesMax, complain });
  }

  get path(): string {
    return this.#file.path;
  }

  write(bytes: Uint8Array): void {
    this.#file.write(bytes);
    // Only the end of a large chunk can be among the last lines.
    const kept = LIMITS.logLinesRemembered * LIMITS.logLineBytesRemembered;
    const end = Buffer.from(bytes.subarray(Math.max(0, bytes.length - kept))).toString("utf8");
    this.#tail = (this.#tail + end).slice(-kept);
  }

  lastLines(): readonly string[] {
    return this.#tail
      .split("\n")
      .map((line) => line.trimEnd().slice(0, LIMITS.logLineBytesRemembered))
      .filter((line) => line !== "")
      .slice(-LIMITS.logLinesRemembered);
  }

  close(): void {
    this.#file.close();
  }
}
