// The bookshop of examples/bookshop as pods, with the same routes as on one machine.

import type { Cluster } from "./cluster.ts";
import { importBookshopImage, importWeftImage } from "./images.ts";

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

// Once for a cluster; answers when all pods are ready. In a mesh if one is installed by now. The
// kinds of Gateway API and Istio come with it where they aren't there.
export function deployBookshop(cluster: Cluster): Promise<void> {
  return cluster.once("bookshop", async () => {
    await importWeftImage(cluster);
    await importBookshopImage(cluster);
    await installKinds(cluster);
    const files = [`${MANIFESTS}/namespace.yaml`, MANIFESTS];
    for (const file of files) await cluster.kubectl(["apply", "-f", file]);
    for (const file of ROUTES) {
      await cluster.kubectl(["apply", "-f", `examples/bookshop/mesh/${file}`]);
    }
    await cluster.rolledOut(BOOKSHOP, ...DEPLOYMENTS.map((name) => `deployment/${name}`));
  });
}

// Gateway API's and Istio's CRDs, once for a cluster.
export function installKinds(cluster: Cluster): Promise<void> {
  return cluster.once("kinds", async () => {
    for (const dialect of ["gateway-api", "istio"] as const) {
      const folder = cluster.kit.customResources(dialect);
      await cluster.kubectl(["apply", "--server-side", "--force-conflicts", "-f", folder]);
    }
    await cluster.kubectl(["wait", "crd", "--all", "--for=condition=Established"]);
  });
}
