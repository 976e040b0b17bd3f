// The cluster's namespaces: what the injector has to know of the one that a pod is made in.

import type { ClusterApi } from "#kubernetes/cluster-api.ts";
import type { ClusterObject, ObjectMeta } from "#kubernetes/cluster-object.ts";
import type { PodNamespace } from "./injection/pod.ts";
import { ObjectWatch, type ObjectWatchOptions } from "./object-watch.ts";

export type NamespacesOptions = Omit<ObjectWatchOptions<PodNamespace>, "path" | "keep">;

const PATH = "/api/v1/namespaces";

export class Namespaces {
  readonly #api: ClusterApi;
  readonly #watch: ObjectWatch<PodNamespace>;

  constructor(options: NamespacesOptions) {
    this.#api = options.api;
    // Nothing can be made in one that ends.
    const keep = ({ metadata }: ClusterObject) =>
      metadata.deletionTimestamp === undefined ? namespaceOf(metadata) : undefined;
    this.#watch = new ObjectWatch({ ...options, path: PATH, keep }).start();
  }

  get names(): readonly string[] {
    return [...this.#watch.entries].map(([name]) => name);
  }

  // A namespace and its pods often come in one go, faster than a watch tells. Undefined where the
  // API server doesn't know it, or doesn't answer.
  async find(name: string): Promise<PodNamespace | undefined> {
    const known = this.#watch.get(name);
    if (known) return known;
    const { status, body } = await this.#api.request("GET", `${PATH}/${encodeURIComponent(name)}`);
    return status === 200 ? namespaceOf((body as ClusterObject).metadata) : undefined;
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
