// The mesh's past, kept on disk as long as that works, and in memory while it doesn't.
//
// A full disk, a damaged file or one that somebody else holds harms nothing: what was read so far
// goes along into memory, within its smaller bound, and back into the file when that can be written
// again. What is the matter is one plain sentence.

import { renameSync, rmSync } from "node:fs";
import { LIMITS } from "#base/limits.ts";
import { copyNewest } from "./copy-newest.ts";
import { decodeBlock } from "./history-block.ts";
import { HISTORY_LEVELS } from "./history-levels.ts";
import { HistoryStore } from "./history-store.ts";
import { renamedBlock } from "./renamed-block.ts";
import { isDamaged, sqliteReason } from "./sqlite-reason.ts";

// One second of the mesh, by names as their sender numbers them.
export type HistorySecond = {
  readonly startMs: number; // wall clock
  // Numbers that weren't told before, and those that won't come again.
  readonly named: readonly (readonly [number: number, text: string])[];
  readonly gone: readonly number[];
  readonly block: Uint8Array; // encodeBlock
};

export type HistoryBookOptions = {
  readonly path: string | undefined; // undefined: in memory only, and that is well
  readonly bytesMax?: number;
};

const SIDE_FILES = ["", "-wal", "-shm"];
const MEMORY = ":memory:";

export class HistoryBook {
  readonly #path: string | undefined;
  readonly #bytesMax: number;
  readonly #texts = new Map<number, string>();
  // The sender's numbers as the store's.
  #numbers = new Map<number, number>();
  #store: HistoryStore;
  #isInFile = false;
  #trouble: string | undefined;
  #retryAtMs = 0;

  constructor({ path, bytesMax = LIMITS.historyBytesMax }: HistoryBookOptions) {
    this.#path = path;
    this.#bytesMax = bytesMax;
    this.#store = new HistoryStore(MEMORY, LIMITS.historyMemoryBytesMax);
    if (path !== undefined) this.#openFile(path, 0);
  }

  // What people should know; undefined where all is well.
  get trouble(): string | undefined {
    return this.#trouble;
  }

  get store(): HistoryStore {
    return this.#store;
  }

  note({ startMs, named, gone, block }: HistorySecond): void {
    for (const [number, text] of named) this.#texts.set(number, text);
    if (!this.#isInFile && this.#path !== undefined && startMs >= this.#retryAtMs) {
      this.#openFile(this.#path, startMs);
    }
    this.#guarded(startMs, () => {
      const numberOf = (sent: number) => this.#numberOf(sent, startMs);
      this.#store.add(startMs, renamedBlock(decodeBlock(block), numberOf));
    });
    for (const number of gone) {
      this.#texts.delete(number);
      this.#numbers.delete(number);
    }
  }

  // Reading may be what finds a file damaged: then it is tried once more, on what is left.
  ask<Told>(nowMs: number, question: (store: HistoryStore) => Told): Told {
    try {
      return question(this.#store);
    } catch (error) {
      if (!this.#isInFile) throw error;
      this.#leaveFile(error, nowMs);
      return question(this.#store);
    }
  }

  close(): void {
    this.#store.close();
  }

  #guarded(nowMs: number, write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!this.#isInFile) throw error;
      this.#leaveFile(error, nowMs);
      write();
    }
  }

  #leaveFile(error: unknown, nowMs: number): void {
    const path = this.#path!;
    const file = this.#store;
    this.#adopt(new HistoryStore(MEMORY, LIMITS.historyMemoryBytesMax), false);
    this.#salvage(file, nowMs);
    closeQuietly(file);
    this.#fail(path, error, nowMs);
  }

  // What can still be read of it.
  #salvage(file: HistoryStore, nowMs: number): void {
    HISTORY_LEVELS.forEach((_, level) => {
      try {
        copyNewest(file, this.#store, level, nowMs);
      } catch {
        // Then this level's past begins now.
      }
    });
  }

  #fail(path: string, error: unknown, nowMs: number): void {
    this.#retryAtMs = nowMs + LIMITS.historyRetryMs;
    const goesOn = "It is kept in memory, and the file is tried again every minute";
    this.#trouble = `Cannot keep the history in ${path}: ${sqliteReason(error)}. ${goesOn}`;
    if (!isDamaged(error)) return;
    try {
      for (const end of SIDE_FILES) rmSync(`${path}.damaged${end}`, { force: true });
      renameSync(path, `${path}.damaged`);
      for (const end of SIDE_FILES.slice(1)) rmSync(`${path}${end}`, { force: true });
    } catch {
      return;
    }
    this.#openFile(path, nowMs);
    if (!this.#isInFile) return;
    this.#trouble = `The history was damaged and is ${path}.damaged now; a new one was begun`;
  }

  // With all that memory has.
  #openFile(path: string, nowMs: number): void {
    let file: HistoryStore | undefined;
    try {
      file = new HistoryStore(path, this.#bytesMax);
      for (let level = 0; level < HISTORY_LEVELS.length; level++) {
        copyNewest(this.#store, file, level, nowMs);
      }
    } catch (error) {
      if (file) closeQuietly(file);
      if (!(isDamaged(error) && this.#trouble !== undefined)) this.#fail(path, error, nowMs);
      return;
    }
    const memory = this.#store;
    this.#adopt(file, true);
    memory.close();
    this.#trouble = undefined;
  }

  #adopt(store: HistoryStore, isInFile: boolean): void {
    this.#store = store;
    this.#isInFile = isInFile;
    this.#numbers = new Map();
  }

  #numberOf(sent: number, nowMs: number): number | undefined {
    const known = this.#numbers.get(sent);
    if (known !== undefined) return known;
    const text = this.#texts.get(sent);
    if (text === undefined) return undefined;
    const number = this.#store.names.numberOf(text, nowMs);
    this.#numbers.set(sent, number);
    return number;
  }
}

function closeQuietly(store: HistoryStore): void {
  try {
    store.close();
  } catch {
    // It was of no use any more.
  }
}
