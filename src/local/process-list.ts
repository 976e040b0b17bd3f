// Which processes are ours now, on disk, so that the next `weft up` finds what a crash leaves
// behind. Written once for all that start in the same turn of the event loop.

import type { ChildProcess } from "./child-process.ts";
import { bootId } from "./reap.ts";
import type { ProcessRecord, StateFolder } from "./state-folder.ts";
import { systemReason } from "./system-reason.ts";

export class ProcessList {
  readonly #state: StateFolder;
  readonly #note: (sentence: string) => void;
  readonly #records = new Map<number, ProcessRecord>();
  #isDue = false;
  #isFailing = false;

  constructor(state: StateFolder, note: (sentence: string) => void) {
    this.#state = state;
    this.#note = note;
  }

  // Until it ends.
  add(process: ChildProcess, name: string): void {
    const { pid, startTime } = process;
    if (pid === undefined) return;
    this.#records.set(pid, { pid, startTime, name });
    this.#writeSoon();
    void process.ended.then(() => {
      this.#records.delete(pid);
      this.#writeSoon();
    });
  }

  write(): void {
    this.#isDue = false;
    try {
      this.#state.writeProcesses({ boot: bootId(), processes: [...this.#records.values()] });
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) {
        this.#note(
          `Cannot record the processes of this mesh in ${this.#state.path}: ` +
            `${systemReason(error)}. Should this \`weft up\` crash, they must be ended by hand`,
        );
      }
      this.#isFailing = true;
    }
  }

  #writeSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      if (this.#isDue) this.write();
    });
  }
}
