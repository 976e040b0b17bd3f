// Writes into objects' status what became of them. The leader's duty: only where it would say
// something else, a few at a time, and again after a pause where it failed.

import { isDeepStrictEqual } from "node:util";
import type { RouteParentStatus } from "#api/route-parent-status.ts";
import { LIMITS } from "#base/limits.ts";
import type { ClusterObject } from "#kubernetes/cluster-object.ts";
import { KeyedWrites } from "./keyed-writes.ts";
import type { LeaderWorld } from "./leader-world.ts";
import { type Condition, mergeConditions, mergeParents, type Said } from "./merge-status.ts";

export type StatusWish = {
  readonly path: string; // of the object: "/apis/.../namespaces/shop/httproutes/canary"
  readonly generation: number | undefined; // that was looked at
  readonly says:
    | { readonly kind: "parents"; readonly parents: readonly RouteParentStatus[] }
    | { readonly kind: "condition"; readonly condition: Said };
};

type Status = {
  readonly parents?: readonly Parameters<typeof mergeParents>[0][number][];
  readonly conditions?: readonly Condition[];
};

const PATCH = "application/merge-patch+json";

export class StatusWriter {
  readonly #options: LeaderWorld & { readonly controllerName: string };
  readonly #writes: KeyedWrites;
  #wishes: ReadonlyMap<string, StatusWish> = new Map();
  // As they were written, or found to be, by path.
  readonly #done = new Map<string, StatusWish>();
  #doneSinceMs: number;

  constructor(options: LeaderWorld & { readonly controllerName: string }) {
    this.#options = options;
    this.#doneSinceMs = options.clock.nowMs();
    const what = "the status of an object";
    this.#writes = new KeyedWrites({ ...options, what, write: (path) => this.#write(path) });
  }

  // What all objects should say from now on.
  wish(wishes: readonly StatusWish[]): void {
    this.#wishes = new Map(wishes.map((wish) => [wish.path, wish]));
    // Somebody may have written over what we wrote: now and then all are looked at.
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - this.#doneSinceMs > LIMITS.statusLookMs) {
      this.#done.clear();
      this.#doneSinceMs = nowMs;
    }
    for (const path of this.#done.keys()) if (!this.#wishes.has(path)) this.#done.delete(path);
    for (const [path, wish] of this.#wishes) {
      if (!isDeepStrictEqual(this.#done.get(path), wish)) this.#writes.add(path);
    }
  }

  stop(): void {
    this.#writes.stop();
  }

  async #write(path: string): Promise<string | undefined> {
    const wish = this.#wishes.get(path);
    if (!wish) return undefined;
    const { api } = this.#options;
    const found = await api.request("GET", path);
    if (found.status === 404) return undefined;
    if (found.status !== 200) return found.reason;
    const object = found.body as ClusterObject;
    // Another one by now: what it becomes is told when we have looked at it.
    const { generation, resourceVersion } = object.metadata;
    if (wish.generation !== undefined && generation !== wish.generation) return undefined;
    const before = (object["status"] ?? {}) as Status;
    const status = this.#merged(before, wish);
    if (!isDeepStrictEqual(withoutTimes(before), withoutTimes({ ...before, ...status }))) {
      const patch = { metadata: { resourceVersion }, status };
      const answer = await api.request("PATCH", `${path}/status`, patch, PATCH);
      if (answer.status === 404) return undefined;
      if (answer.reason !== "") return answer.reason;
    }
    this.#done.set(path, wish);
    return undefined;
  }

  #merged(before: Status, { says, generation }: StatusWish): Status {
    const { controllerName, clock } = this.#options;
    const now = new Date(clock.wallMs()).toISOString().replace(/\.\d+Z$/, "Z");
    const observation = { generation, now };
    if (says.kind === "condition") {
      return { conditions: mergeConditions(before.conditions ?? [], says.condition, observation) };
    }
    const parents = mergeParents(before.parents ?? [], says.parents, controllerName, observation);
    // A list that was never there needn't be made to say nothing.
    return parents.length === 0 && before.parents === undefined ? {} : { parents };
  }
}

function withoutTimes(status: Status): unknown {
  return JSON.parse(
    JSON.stringify(status, (key, value) => (key === "lastTransitionTime" ? undefined : value)),
  );
}
