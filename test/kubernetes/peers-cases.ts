// Whom pods of a real cluster take connections from: PeerAuthentication, and a pod without a proxy.

import assert from "node:assert/strict";
import type { MeshChange } from "#api/mesh-change.ts";
import { eventually } from "#local/testing/eventually.ts";
import type { Cluster } from "./cluster.ts";
import type { ClusterCase } from "./cluster-case.ts";
import { EchoMesh } from "./echo-mesh.ts";
import { installMesh, weft, weftCheck } from "./installed-mesh.ts";

const NAMESPACE = "peers";
const OUTSIDE = "peers-outside";
const IMAGE = "weft.test/busybox:local";
const WITHIN_MS = 60_000;

export const peersCases: readonly ClusterCase[] = [
  {
    name: "a pod without a proxy is answered until STRICT, which refuses it and nobody else",
    async run(cluster) {
      const mesh = await start(cluster);
      await untilStatus(cluster, "200");
      await withPeers(cluster, { mtls: { mode: "STRICT" } }, async () => {
        await untilStatus(cluster, "403");
        await mesh.expectAll("http://echo/", [], ({ status }) => status === "200");
      });
      await untilStatus(cluster, "200");
      const changes: readonly MeshChange[] = JSON.parse(
        await weft(cluster, ["get", "changes", "-n", NAMESPACE, "-o", "json"]),
      );
      const ofPeers = changes.flatMap(({ objects }) =>
        objects.filter(({ kind }) => kind === "PeerAuthentication"),
      );
      assert.deepEqual(new Set(ofPeers.map(({ what }) => what)), new Set(["added", "removed"]));
    },
  },
  {
    name: "a pod that is older than its namespace's wish for a proxy is named, with what to do",
    async run(cluster) {
      await start(cluster);
      const label = (value: string) =>
        cluster.kubectl(["label", "--overwrite", "namespace", OUTSIDE, `weft.dev/inject${value}`]);
      await label("=enabled");
      try {
        await eventually(
          "a finding about the pod without a proxy",
          async () => {
            const { categories } = await weftCheck(cluster);
            const checks = categories.flatMap((category) => category.checks);
            const { state, detail } = checks.find(({ name }) => name === "pods are in the mesh")!;
            return state === "warning" && detail.includes(`${OUTSIDE}/stranger`);
          },
          WITHIN_MS,
        );
      } finally {
        await label("-");
      }
    },
  },
  {
    name: "DISABLE makes callers of the mesh use plaintext, and mutual TLS comes back after it",
    async run(cluster) {
      const mesh = await start(cluster);
      await withPeers(cluster, { mtls: { mode: "DISABLE" } }, () =>
        eventually(
          "plaintext between two proxies",
          async () => {
            const before = await mesh.mutualTlsRequests();
            const answers = await mesh.ask("http://echo/", [], 10);
            assert.deepEqual([...new Set(answers.map(({ status }) => status))], ["200"]);
            return (await mesh.mutualTlsRequests()) === before;
          },
          WITHIN_MS,
        ),
      );
      await eventually(
        "mutual TLS again",
        async () => {
          const before = await mesh.mutualTlsRequests();
          await mesh.ask("http://echo/", [], 10);
          return (await mesh.mutualTlsRequests()) === before + 10;
        },
        WITHIN_MS,
      );
    },
  },
  {
    name: "a DestinationRule may want plaintext, which STRICT refuses",
    async run(cluster) {
      const mesh = await start(cluster);
      const rule = {
        apiVersion: "networking.istio.io/v1",
        kind: "DestinationRule",
        metadata: { name: "echo", namespace: NAMESPACE },
        spec: { host: "echo", trafficPolicy: { tls: { mode: "DISABLE" } } },
      };
      await cluster.apply([rule]);
      try {
        await withPeers(cluster, { mtls: { mode: "STRICT" } }, () =>
          eventually(
            "refused plaintext",
            async () => {
              const answers = await mesh.ask("http://echo/", [], 5);
              return answers.every(({ status }) => status === "403");
            },
            WITHIN_MS,
          ),
        );
      } finally {
        await cluster.kubectl(["delete", "destinationrule", "echo", "-n", NAMESPACE]);
      }
    },
  },
];

async function start(cluster: Cluster): Promise<EchoMesh> {
  await installMesh(cluster);
  const mesh = await EchoMesh.start(cluster, NAMESPACE);
  await cluster.once("a pod outside", async () => {
    const container = { name: "sleep", image: IMAGE, command: ["sleep", "1000000"] };
    await cluster.apply([
      { apiVersion: "v1", kind: "Namespace", metadata: { name: OUTSIDE } },
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "stranger", namespace: OUTSIDE },
        spec: { terminationGracePeriodSeconds: 0, containers: [container] },
      },
    ]);
    const ready = ["wait", "--for=condition=Ready", "pod/stranger", "-n", OUTSIDE];
    await cluster.kubectl([...ready, "--timeout=60s"]);
  });
  return mesh;
}

async function withPeers(
  cluster: Cluster,
  spec: object,
  run: () => Promise<unknown>,
): Promise<void> {
  const metadata = { name: "default", namespace: NAMESPACE };
  const apiVersion = "security.istio.io/v1";
  await cluster.apply([{ apiVersion, kind: "PeerAuthentication", metadata, spec }]);
  try {
    await run();
  } finally {
    await cluster.kubectl(["delete", "peerauthentication", "default", "-n", NAMESPACE]);
  }
}

// What the pod without a proxy gets.
function untilStatus(cluster: Cluster, wanted: string): Promise<void> {
  const url = `http://echo.${NAMESPACE}/`;
  const command = ["sh", "-c", `wget -S -qO /dev/null ${url} 2>&1 || true`];
  return eventually(
    `${wanted} for who has no proxy`,
    async () => {
      const said = await cluster.exec(OUTSIDE, "stranger", command);
      return said.includes(`HTTP/1.1 ${wanted} `);
    },
    WITHIN_MS,
  );
}
