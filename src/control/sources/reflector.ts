// All objects under one path of the API server, as they are now: listed once by pages, then
// watched from there. While the server is away, what was known last goes on.

import { isDeepStrictEqual } from "node:util";
import type { Clock, Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { ClusterApi } from "#kubernetes/cluster-api.ts";
import type { ClusterObject } from "#kubernetes/cluster-object.ts";
import type { WatchEnd, WatchEvent } from "#kubernetes/watch-event.ts";

export type ReflectorOptions<Item> = {
  readonly api: Pick<ClusterApi, "eachPage" | "watch">;
  readonly path: string; // may have a query
  readonly pageObjects?: number; // asked for at once, where they are large
  // What is kept; undefined: nothing.
  readonly trim: (object: ClusterObject) => Item | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  // Another item is there, or one is gone, or all have been listed for the first time.
  readonly changed: () => void;
};

type Entry<Item> = { readonly version: string | undefined; readonly item: Item };

export class Reflector<Item> {
  // By "namespace/name". The same object as long as nothing in it changes.
  readonly items = new Map<string, Item>();
  readonly #options: ReflectorOptions<Item>;
  readonly #versions = new Map<string, string | undefined>();
  readonly #stopping = new AbortController();
  #isComplete = false;
  #problem = "";
  #failures = 0;
  #timer: Timer | undefined;
  #wake: () => void = () => {};

  constructor(options: ReflectorOptions<Item>) {
    this.#options = options;
  }

  // Everything has been listed once.
  get isComplete(): boolean {
    return this.#isComplete;
  }

  // Why it is not up to date; "" where it is.
  get problem(): string {
    return this.#problem;
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stopping.abort();
    this.#timer?.cancel();
    this.#wake();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let from: string | undefined;
    while (!signal.aborted) {
      from ??= await this.#list();
      if (from === undefined) {
        await this.#rest();
        continue;
      }
      const startedAtMs = this.#options.clock.nowMs();
      const { api, path, clock } = this.#options;
      const take = (event: WatchEvent) => this.#take(event);
      const end = await api.watch(path, from, take, signal, () => this.#well());
      from = this.#resume(end, from);
      const livedMs = clock.nowMs() - startedAtMs;
      // One that is over at once must not become a busy loop.
      if (end.kind === "failed" || livedMs < LIMITS.apiPauseFirstMs) await this.#rest();
      else this.#failures = 0;
    }
  }

  #resume(end: WatchEnd, from: string): string | undefined {
    if (end.kind === "ended") return end.resourceVersion;
    if (end.kind === "expired") return undefined;
    this.#fail("watch", end.reason);
    return from;
  }

  async #list(): Promise<string | undefined> {
    const { api, path, changed, pageObjects } = this.#options;
    let listed = new Map<string, Entry<Item>>();
    const end = await api.eachPage(
      path,
      (objects, isFirst) => {
        if (isFirst) listed = new Map();
        for (const object of objects) this.#add(listed, object);
      },
      pageObjects,
    );
    if (this.#stopping.signal.aborted) return undefined;
    if (end.kind === "failed") {
      this.#fail("list", end.reason);
      return undefined;
    }
    const isOther = this.#replace(listed);
    const isFirst = !this.#isComplete;
    this.#isComplete = true;
    this.#well();
    if (isOther || isFirst) changed();
    return end.resourceVersion;
  }

  #add(listed: Map<string, Entry<Item>>, object: ClusterObject): void {
    const key = keyOf(object);
    const version = object.metadata.resourceVersion;
    const known = this.items.get(key);
    const isKnown = known !== undefined && this.#versions.get(key) === version;
    const item = isKnown ? known : this.#options.trim(object);
    if (item !== undefined) this.#keep(listed, key, { version, item });
  }

  #keep(listed: Map<string, Entry<Item>>, key: string, entry: Entry<Item>): void {
    if (listed.size < LIMITS.clusterObjectsMax) listed.set(key, entry);
    else this.#fail("keep", `there are more than ${LIMITS.clusterObjectsMax} objects`);
  }

  #replace(listed: ReadonlyMap<string, Entry<Item>>): boolean {
    let isOther = false;
    for (const key of this.items.keys()) if (!listed.has(key)) isOther = this.#remove(key);
    for (const [key, { version, item }] of listed) {
      if (this.#set(key, version, item)) isOther = true;
    }
    return isOther;
  }

  #take({ type, object }: WatchEvent): void {
    if (type === "BOOKMARK" || this.#stopping.signal.aborted) return;
    const key = keyOf(object);
    const item = type === "DELETED" ? undefined : this.#options.trim(object);
    const isOther =
      item === undefined
        ? this.#remove(key)
        : this.#set(key, object.metadata.resourceVersion, item);
    if (isOther) this.#options.changed();
  }

  #set(key: string, version: string | undefined, item: Item): boolean {
    const known = this.items.get(key);
    if (known === undefined && this.items.size >= LIMITS.clusterObjectsMax) {
      this.#fail("keep", `there are more than ${LIMITS.clusterObjectsMax} objects`);
      return false;
    }
    this.#versions.set(key, version);
    if (known === item || isDeepStrictEqual(known, item)) return false;
    this.items.set(key, item);
    return true;
  }

  #remove(key: string): boolean {
    this.#versions.delete(key);
    return this.items.delete(key);
  }

  #well(): void {
    if (this.#problem === "") return;
    this.#options.log.info("The API server tells of objects again", { path: this.#options.path });
    this.#problem = "";
  }

  // Told once, until it is well again.
  #fail(what: string, reason: string): void {
    const { path, log } = this.#options;
    if (this.#problem === "") {
      log.warn(`Cannot ${what} objects of the cluster; what was known last goes on`, {
        path,
        reason,
      });
    }
    this.#problem = reason;
  }

  #rest(): Promise<void> {
    const { apiPauseFirstMs: first, apiPauseMostMs: most } = LIMITS;
    const delayMs = Math.min(most, first * 2 ** Math.min(this.#failures, 10));
    this.#failures++;
    if (this.#stopping.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      // At least half of it: not all who lost the server come back at once.
      this.#timer = this.#options.clock.after(
        (delayMs / 2) * (1 + this.#options.random()),
        resolve,
      );
      this.#wake = resolve;
    });
  }
}

function keyOf({ metadata: { namespace = "", name } }: ClusterObject): string {
  return `${namespace}/${name}`;
}
