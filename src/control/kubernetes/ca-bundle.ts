// Whom the API server trusts as the injector: the mesh's roots, in every entry of the
// MutatingWebhookConfiguration, whoever changes it. The leader's duty.

import type { JsonObject } from "#ir/document.ts";
import type { ClusterObject } from "#kubernetes/cluster-object.ts";
import { objectIn, objectsIn, textIn } from "./injection/pod.ts";
import { KeyedWrites } from "./keyed-writes.ts";
import type { LeaderWorld } from "./leader-world.ts";
import { ObjectWatch } from "./object-watch.ts";

type Configuration = { readonly version: string; readonly bundles: readonly string[] };

export const INJECTOR_CONFIGURATION = "weft-injector";
const PATH = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
const CONFLICTS = [404, 409, 422];

export class CaBundle {
  readonly #world: LeaderWorld;
  readonly #writes: KeyedWrites;
  readonly #watch: ObjectWatch<Configuration>;

  constructor(world: LeaderWorld) {
    this.#world = world;
    const what = "caBundle of MutatingWebhookConfiguration";
    this.#writes = new KeyedWrites({ ...world, what, write: (name) => this.#write(name) });
    this.#watch = new ObjectWatch({
      ...world,
      path: `${PATH}?fieldSelector=metadata.name%3D${INJECTOR_CONFIGURATION}`,
      keep: configurationOf,
      changed: (name) => this.#writes.add(name),
    }).start();
  }

  trustChanged(): void {
    this.#writes.add(INJECTOR_CONFIGURATION);
  }

  stop(): void {
    this.#watch.stop();
    this.#writes.stop();
  }

  async #write(name: string): Promise<string | undefined> {
    const configuration = this.#watch.get(name);
    const wanted = Buffer.from(this.#world.trust().join("")).toString("base64");
    const wrong = configuration?.bundles.flatMap((bundle, i) => (bundle === wanted ? [] : [i]));
    if (!configuration || !wrong || wrong.length === 0) return undefined;
    const patch = [
      // The entries are named by their places, which hold for this version.
      { op: "test", path: "/metadata/resourceVersion", value: configuration.version },
      ...wrong.map((i) => {
        return { op: "add", path: `/webhooks/${i}/clientConfig/caBundle`, value: wanted };
      }),
    ];
    const { api, log } = this.#world;
    const type = "application/json-patch+json";
    const { status, reason } = await api.request("PATCH", `${PATH}/${name}`, patch, type);
    // Another version is there, and the watch brings it.
    if (CONFLICTS.includes(status)) return undefined;
    if (reason !== "") return reason;
    log.info("The injector's webhook trusts the mesh's roots", { entries: wrong.length });
    return undefined;
  }
}

function configurationOf(object: ClusterObject): Configuration {
  const webhooks = objectsIn(object as unknown as JsonObject, "webhooks");
  return {
    version: object.metadata.resourceVersion ?? "",
    bundles: webhooks.map((each) => textIn(objectIn(each, "clientConfig"), "caBundle") ?? ""),
  };
}
