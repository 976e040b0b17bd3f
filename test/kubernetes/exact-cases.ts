// What of the conformance suite passes without any mesh, because a Service without routes gives the
// right answer now and then and the suite asks until it comes: here a hundred of a hundred are right,
// and each came over mTLS. docs/conformance/README.md has the list.

import type { Cluster } from "./cluster.ts";
import type { ClusterCase } from "./cluster-case.ts";
import { type EchoAnswer, EchoMesh } from "./echo-mesh.ts";
import { installMesh } from "./installed-mesh.ts";

const NAMESPACE = "exact";

type Ask = {
  readonly path?: string;
  readonly headers?: readonly string[];
  readonly by: string;
};

export const exactCases: readonly ClusterCase[] = [
  {
    name: "MeshBasic: each of a hundred requests to a Service is answered, over mTLS",
    run: (cluster) => withRules(cluster, [], [{ by: "echo-v1|echo-v2" }]),
  },
  {
    name: "MeshHTTPRouteSimpleSameNamespace: all of a hundred go to the route's one backend",
    run: (cluster) => withRules(cluster, [to("echo-v2")], [{ by: "echo-v2" }]),
  },
  {
    name: "MeshHTTPRouteMatching: paths and headers choose for all of a hundred, the longest path first",
    run(cluster) {
      const one = [{ path: prefix("/") }, { headers: [{ name: "version", value: "one" }] }];
      const two = [{ path: prefix("/v2") }, { headers: [{ name: "version", value: "two" }] }];
      return withRules(
        cluster,
        [to("echo-v1", one), to("echo-v2", two)],
        [
          { path: "/", by: "echo-v1" },
          { path: "/example", by: "echo-v1" },
          { path: "/", headers: ["version:one"], by: "echo-v1" },
          { path: "/v2", by: "echo-v2" },
          { path: "/v2/example", by: "echo-v2" },
          { path: "/v2example", by: "echo-v1" },
          { path: "/", headers: ["version:two"], by: "echo-v2" },
        ],
      );
    },
  },
  {
    name: "MeshHTTPRouteNamedRule: a rule's name changes nothing for any of a hundred",
    run(cluster) {
      const named = { name: "named-rule", ...to("echo-v1", [{ path: prefix("/named") }]) };
      const unnamed = to("echo-v2", [{ path: prefix("/unnamed") }]);
      return withRules(
        cluster,
        [named, unnamed],
        [
          { path: "/named", by: "echo-v1" },
          { path: "/unnamed", by: "echo-v2" },
        ],
      );
    },
  },
  {
    name: "MeshTrafficSplit: each of a hundred goes to the version that its path names",
    run: (cluster) =>
      withRules(
        cluster,
        ["v1", "v2"].map((version) =>
          to(`echo-${version}`, [{ path: { type: "Exact", value: `/${version}` } }]),
        ),
        [
          { path: "/v1", by: "echo-v1" },
          { path: "/v2", by: "echo-v2" },
        ],
      ),
  },
];

async function withRules(
  cluster: Cluster,
  rules: readonly object[],
  asks: readonly Ask[],
): Promise<void> {
  await installMesh(cluster);
  const mesh = await EchoMesh.start(cluster, NAMESPACE);
  const route = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: "echo", namespace: NAMESPACE },
    spec: { parentRefs: [{ group: "", kind: "Service", name: "echo", port: 80 }], rules },
  };
  if (rules.length > 0) await cluster.apply([route]);
  for (const { path = "/", headers = [], by } of asks) {
    const args = headers.flatMap((header) => ["-H", header]);
    const names = by.split("|");
    const isRight = (answer: EchoAnswer) => answer.status === "200" && names.includes(answer.by);
    await mesh.expectAll(`http://echo${path}`, args, isRight);
  }
  const remove = ["delete", "httproute", "echo", "-n", NAMESPACE, "--ignore-not-found"];
  await cluster.kubectl(remove);
}

function to(name: string, matches?: readonly object[]) {
  return { ...(matches && { matches }), backendRefs: [{ name, port: 80 }] };
}

function prefix(value: string) {
  return { type: "PathPrefix", value };
}
