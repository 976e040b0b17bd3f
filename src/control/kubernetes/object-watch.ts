// What the API server has under one path, kept up to date: a list, then a watch from there, and all
// of it anew when the server doesn't remember. Of each object only what is asked for is kept.

import type { Clock, Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { ClusterApi } from "#kubernetes/cluster-api.ts";
import type { ClusterObject } from "#kubernetes/cluster-object.ts";

export type ObjectWatchOptions<Kept> = {
  readonly api: ClusterApi;
  readonly path: string; // "/api/v1/namespaces"
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  // Undefined: as if it weren't there.
  keep(object: ClusterObject): Kept | undefined;
  // After each change: what is known of the object now; undefined where it is gone.
  changed(key: string, kept: Kept | undefined): void;
};

export class ObjectWatch<Kept> {
  readonly #options: ObjectWatchOptions<Kept>;
  readonly #kept = new Map<string, Kept>(); // by "namespace/name", or the name
  readonly #ending = new AbortController();
  #pauseMs: number = LIMITS.apiPauseFirstMs;
  #timer: Timer | undefined;
  #hasListed = (): void => {};
  // Resolves when the first list has come.
  readonly listed = new Promise<void>((resolve) => {
    this.#hasListed = resolve;
  });

  constructor(options: ObjectWatchOptions<Kept>) {
    this.#options = options;
  }

  get(key: string): Kept | undefined {
    return this.#kept.get(key);
  }

  get entries(): Iterable<readonly [key: string, kept: Kept]> {
    return this.#kept;
  }

  start(): this {
    void this.#round();
    return this;
  }

  stop(): void {
    this.#ending.abort();
    this.#timer?.cancel();
  }

  async #round(): Promise<void> {
    const { api, path, log } = this.#options;
    const found = new Map<string, ClusterObject>();
    const end = await api.eachPage(path, (items, isFirst) => {
      if (isFirst) found.clear();
      for (const item of items) found.set(keyOf(item), item);
    });
    if (this.#ending.signal.aborted) return;
    if (end.kind === "failed") {
      log.warn("Cannot list objects of the cluster; trying again", { path, reason: end.reason });
      return this.#again();
    }
    this.#adopt(found);
    this.#hasListed();
    await this.#watch(end.resourceVersion);
  }

  #adopt(found: ReadonlyMap<string, ClusterObject>): void {
    for (const key of [...this.#kept.keys()]) if (!found.has(key)) this.#set(key, undefined);
    for (const [key, object] of found) this.#set(key, object);
  }

  // Until what happened since is no longer known there.
  async #watch(from: string): Promise<void> {
    const { api, path, log, clock } = this.#options;
    for (let version = from; ; ) {
      const startedAtMs = clock.nowMs();
      const end = await api.watch(
        path,
        version,
        ({ type, object }) => {
          if (type === "BOOKMARK") return;
          this.#set(keyOf(object), type === "DELETED" ? undefined : object);
        },
        this.#ending.signal,
      );
      if (this.#ending.signal.aborted) return;
      // One that is over at once must not become a busy loop.
      const hasLived = clock.nowMs() - startedAtMs >= LIMITS.apiPauseFirstMs;
      if (hasLived) this.#pauseMs = LIMITS.apiPauseFirstMs;
      if (end.kind === "ended") {
        version = end.resourceVersion;
        if (!hasLived) await new Promise<void>((resolve) => this.#later(resolve));
      } else {
        if (end.kind === "failed") log.debug("A watch ended", { path, reason: end.reason });
        return this.#again();
      }
      if (this.#ending.signal.aborted) return;
    }
  }

  #set(key: string, object: ClusterObject | undefined): void {
    const kept = object && this.#options.keep(object);
    if (kept === undefined) this.#kept.delete(key);
    else this.#kept.set(key, kept);
    this.#options.changed(key, kept);
  }

  #again(): void {
    this.#later(() => void this.#round());
  }

  // Spread, so that the replicas of a control plane don't come back together.
  #later(run: () => void): void {
    const delayMs = this.#pauseMs * (0.5 + this.#options.random());
    this.#pauseMs = Math.min(this.#pauseMs * 2, LIMITS.apiPauseMostMs);
    this.#timer = this.#options.clock.after(delayMs, run);
  }
}

function keyOf({ metadata: { namespace, name } }: ClusterObject): string {
  return namespace === undefined || namespace === "" ? name : `${namespace}/${name}`;
}
