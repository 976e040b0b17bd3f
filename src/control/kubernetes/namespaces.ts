// The cluster's namespaces: what the injector has to know of the one that a pod is made in.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { ClusterApi } from "#kubernetes/cluster-api.ts";
import type { ClusterObject, ObjectMeta } from "#kubernetes/cluster-object.ts";
import type { PodNamespace } from "./injection/pod.ts";
import { ObjectWatch, type ObjectWatchOptions } from "./object-watch.ts";

export type NamespacesOptions = Omit<ObjectWatchOptions<PodNamespace>, "path" | "keep">;

const PATH = "/api/v1/namespaces";

export class Namespaces {
  readonly #api: ClusterApi;
  readonly #clock: Clock;
  // Asked about just now, in vain: until when nobody asks again.
  readonly #missing = new Map<string, number>();
  #asking = 0;
  readonly #watch: ObjectWatch<PodNamespace>;

  constructor(options: NamespacesOptions) {
    this.#api = options.api;
    this.#clock = options.clock;
    // Nothing can be made in one that ends.
    const keep = ({ metadata }: ClusterObject) =>
      metadata.deletionTimestamp === undefined ? namespaceOf(metadata) : undefined;
    this.#watch = new ObjectWatch({ ...options, path: PATH, keep }).start();
  }

  get names(): readonly string[] {
    return [...this.#watch.entries].map(([name]) => name);
  }

  // A namespace and its pods often come in one go, faster than a watch tells. Undefined where the
  // API server doesn't know it, or doesn't answer, or has been asked too much.
  async find(name: string): Promise<PodNamespace | undefined> {
    const known = this.#watch.get(name);
    if (known) return known;
    const isMissing = (this.#missing.get(name) ?? 0) > this.#clock.nowMs();
    if (isMissing || this.#asking >= LIMITS.webhookLookupsMax) return undefined;
    this.#asking++;
    const { status, body } = await this.#api.request("GET", `${PATH}/${encodeURIComponent(name)}`);
    this.#asking--;
    if (status === 200) return namespaceOf((body as ClusterObject).metadata);
    if (this.#missing.size >= LIMITS.webhookMissesMax) this.#missing.clear();
    this.#missing.set(name, this.#clock.nowMs() + LIMITS.webhookMissMs);
    return undefined;
  }

  stop(): void {
    this.#watch.stop();
  }
}

function namespaceOf({ name, labels, annotations }: ObjectMeta): PodNamespace {
  return {
    name,
    labels: new Map(Object.entries(labels ?? {})),
    annotations: new Map(Object.entries(annotations ?? {})),
  };
}
