// Which proxies have joined, and where their workloads are reached.
//
// It outlives both sides of the conversation. A proxy that loses its connection is restarting more
// often than it is gone, so its registration stays for a grace period; and after a restart of the
// control plane the registrations on disk count as present until their proxies had time to come
// back. Otherwise the first proxy that reconnects would be told that everybody else is gone.

import type { Clock, Timer } from "#base/clock.ts";
import type { FileSystem } from "#base/file-system.ts";
import type { Log } from "#base/log.ts";
import type { Registration } from "#snapshot/registration.ts";

const DISCONNECT_GRACE_MS = 3_000;
const RESTART_GRACE_MS = 30_000;
// The file has all of them: where many change, it is written so often.
const SAVE_EVERY_MS = 100;

export type RegistryOptions = {
  readonly files: Pick<FileSystem, "read" | "write">;
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
};

export class Registry {
  readonly #options: RegistryOptions;
  readonly #changed: () => void;
  readonly #registrations = new Map<string, Registration>();
  readonly #leaving = new Map<string, Timer>();
  #isClosed = false;
  #saving: Timer | undefined;
  #isSaved = true;

  constructor(options: RegistryOptions, changed: () => void) {
    this.#options = options;
    this.#changed = changed;
    for (const registration of this.#load()) {
      const key = keyOf(registration);
      this.#registrations.set(key, registration);
      this.#leave(key, RESTART_GRACE_MS);
    }
  }

  get all(): readonly Registration[] {
    return [...this.#registrations.values()];
  }

  isConnected(key: string): boolean {
    return this.#registrations.has(key) && !this.#leaving.has(key);
  }

  put(registration: Registration): void {
    const key = keyOf(registration);
    this.#leaving.get(key)?.cancel();
    this.#leaving.delete(key);
    const before = this.#registrations.get(key);
    if (before && isSame(before, registration)) return;
    this.#registrations.set(key, registration);
    this.#save();
    this.#changed();
  }

  setReady(key: string, isReady: boolean): void {
    const before = this.#registrations.get(key);
    if (before) this.put({ ...before, isReady });
  }

  disconnected(key: string): void {
    if (!this.#isClosed && this.#registrations.has(key)) this.#leave(key, DISCONNECT_GRACE_MS);
  }

  remove(key: string): void {
    this.#leaving.get(key)?.cancel();
    this.#leaving.delete(key);
    if (!this.#registrations.delete(key)) return;
    this.#save();
    this.#changed();
  }

  close(): void {
    this.#isClosed = true;
    this.#saving?.cancel();
    if (!this.#isSaved) this.#write();
    for (const timer of this.#leaving.values()) timer.cancel();
  }

  #leave(key: string, graceMs: number): void {
    this.#leaving.get(key)?.cancel();
    this.#leaving.set(
      key,
      this.#options.clock.after(graceMs, () => this.remove(key)),
    );
  }

  #load(): readonly Registration[] {
    const { files, path, log } = this.#options;
    const text = files.read(path);
    if (text === undefined) return [];
    try {
      return JSON.parse(text) as Registration[];
    } catch {
      log.warn("Cannot read the registrations of the last run; proxies will register anew", {
        path,
      });
      return [];
    }
  }

  // The first change at once.
  #save(): void {
    this.#isSaved = false;
    if (this.#saving) return;
    this.#write();
    this.#saving = this.#options.clock.after(SAVE_EVERY_MS, () => {
      this.#saving = undefined;
      if (!this.#isSaved) this.#save();
    });
  }

  #write(): void {
    this.#isSaved = true;
    const { files, path, log } = this.#options;
    try {
      files.write(path, JSON.stringify(this.all), 0o600);
    } catch (error) {
      log.warn("Cannot save the registrations; a restart would forget them", {
        path,
        error: String(error),
      });
    }
  }
}

export function keyOf({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}/${name}`;
}

function isSame(a: Registration, b: Registration): boolean {
  return (
    a.identity === b.identity &&
    a.address === b.address &&
    a.meshPort === b.meshPort &&
    a.isReady === b.isReady
  );
}
