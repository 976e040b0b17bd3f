// The bookshop of examples/bookshop as pods, with the same routes as on one machine.

import type { Cluster } from "./cluster.ts";
import { importBookshopImage, importWeftImage } from "./images.ts";
import { installKinds } from "./install-kinds.ts";

export const BOOKSHOP = "bookshop";
const MANIFESTS = "examples/bookshop/kubernetes";
const ROUTES = ["catalog-routes.yaml", "reviews-route.yaml"];
const DEPLOYMENTS = [
  "catalog-v1",
  "catalog-v2",
  "orders",
  "ratings",
  "recommendations",
  "reviews-v1",
  "reviews-v2",
  "reviews-v3",
  "shipping",
  "store",
  "web",
];

// Once for a cluster; answers when all pods are ready. In a mesh if one is installed by now.
export function deployBookshop(cluster: Cluster): Promise<void> {
  return cluster.once("bookshop", async () => {
    await importWeftImage(cluster);
    await importBookshopImage(cluster);
    await installKinds(cluster, "gateway-api");
    await installKinds(cluster, "istio");
    const files = [`${MANIFESTS}/namespace.yaml`, MANIFESTS];
    for (const file of files) await cluster.kubectl(["apply", "-f", file]);
    for (const file of ROUTES) {
      await cluster.kubectl(["apply", "-f", `examples/bookshop/mesh/${file}`]);
    }
    await cluster.rolledOut(BOOKSHOP, ...DEPLOYMENTS.map((name) => `deployment/${name}`));
  });
}
