// The mesh's roots where pods find them: ConfigMap weft-trust in every namespace but the cluster's
// own. A pod with a proxy doesn't start before it is there. The leader's duty.
//
// Each is owned by ClusterRole weft-control, so that none stays when Weft is removed.

import type { ClusterObject, OwnerReference } from "#kubernetes/cluster-object.ts";
import { NAMES } from "./injection/names.ts";
import { KeyedWrites } from "./keyed-writes.ts";
import type { LeaderWorld } from "./leader-world.ts";
import { ObjectWatch } from "./object-watch.ts";

export type TrustConfigMapsOptions = LeaderWorld & {
  // All that there are now; whoever has them tells of each that comes.
  namespaces(): readonly string[];
};

const LEFT_OUT: readonly string[] = ["kube-system", "kube-public", "kube-node-lease"];
const OWNER = "/apis/rbac.authorization.k8s.io/v1/clusterroles/weft-control";
const MANAGER = "fieldManager=weft-control&force=true";

export class TrustConfigMaps {
  readonly #options: TrustConfigMapsOptions;
  readonly #writes: KeyedWrites;
  readonly #watch: ObjectWatch<string>; // by "namespace/name": the roots
  #owner: OwnerReference | undefined;

  constructor(options: TrustConfigMapsOptions) {
    this.#options = options;
    const { trustConfigMap, trustKey } = NAMES;
    const what = `ConfigMap ${trustConfigMap}`;
    this.#writes = new KeyedWrites({ ...options, what, write: (name) => this.#write(name) });
    this.#watch = new ObjectWatch({
      ...options,
      path: `/api/v1/configmaps?fieldSelector=metadata.name%3D${trustConfigMap}`,
      keep: ({ data }: ClusterObject) => String((data as Data | undefined)?.[trustKey] ?? ""),
      changed: (key) => this.namespaceChanged(key.split("/")[0]!),
    }).start();
    // Not before the list: most are right already.
    void this.#watch.listed.then(() => this.trustChanged());
  }

  namespaceChanged(name: string): void {
    if (!LEFT_OUT.includes(name)) this.#writes.add(name);
  }

  trustChanged(): void {
    for (const name of this.#options.namespaces()) this.namespaceChanged(name);
  }

  stop(): void {
    this.#watch.stop();
    this.#writes.stop();
  }

  async #write(namespace: string): Promise<string | undefined> {
    await this.#watch.listed;
    const { api, trust, namespaces } = this.#options;
    const roots = trust().join("");
    const { trustConfigMap, trustKey } = NAMES;
    if (this.#watch.get(`${namespace}/${trustConfigMap}`) === roots) return undefined;
    if (!namespaces().includes(namespace)) return undefined;
    const owner = await this.#findOwner();
    if (typeof owner === "string") return owner;
    const object = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: trustConfigMap,
        labels: { "app.kubernetes.io/managed-by": "weft-control" },
        ownerReferences: [owner],
      },
      data: { [trustKey]: roots },
    };
    const path = `/api/v1/namespaces/${namespace}/configmaps/${trustConfigMap}?${MANAGER}`;
    const { status, reason } = await api.request("PATCH", path, object, APPLY);
    // The namespace is gone, or goes.
    return status === 404 || reason === "" ? undefined : reason;
  }

  // A string says why it can't be told.
  async #findOwner(): Promise<OwnerReference | string> {
    if (this.#owner) return this.#owner;
    const { status, body, reason } = await this.#options.api.request("GET", OWNER);
    if (status !== 200) return reason;
    const { name, uid = "" } = (body as ClusterObject).metadata;
    const apiVersion = "rbac.authorization.k8s.io/v1";
    this.#owner = { apiVersion, kind: "ClusterRole", name, uid };
    return this.#owner;
  }
}

type Data = { readonly [key: string]: string };

const APPLY = "application/apply-patch+yaml";
