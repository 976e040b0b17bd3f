// The rules that bring a pod's connections to its proxy, on a real cluster.

import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { eventually } from "#local/testing/eventually.ts";
import type { Cluster } from "./cluster.ts";
import type { ClusterCase } from "./cluster-case.ts";
import { installMesh } from "./installed-mesh.ts";
import {
  httpService,
  injectedNamespace,
  nodeContainer,
  nodeDeployment,
  strict,
} from "./node-pod.ts";

const NAMESPACE = "interception";
const BARE = "interception-bare"; // nothing is injected there
const NODE = "/usr/local/bin/node";
const WITHIN_MS = 60_000;
// Longer than a pod with its rules takes, and twenty proofs.
const UNREADY_MS = 10_000;

export const interceptionCases: readonly ClusterCase[] = [
  {
    name: "a pod that serves on loopback only calls itself by its service and by its address",
    run: (cluster) =>
      inNamespace(cluster, async () => {
        const own = `require("node:os").networkInterfaces().eth0[0].address`;
        for (const url of ['"http://self/"', `"http://" + ${own} + ":8080/"`]) {
          const headers = JSON.parse(await inSelf(cluster, fetched(url)));
          const identity = "spiffe://cluster.local/ns/interception/sa/default";
          const shown = `By=${identity};URI=${identity}`;
          assert.equal(headers["x-forwarded-client-cert"], shown, url);
        }
        const headers = JSON.parse(await inSelf(cluster, fetched('"http://127.0.0.1:8080/"')));
        assert.equal(headers["x-request-id"], undefined);
      }),
  },
  {
    name: "DNS and UDP of a pod are left alone",
    run: (cluster) =>
      inNamespace(cluster, async () => {
        const { spec } = await cluster.get("service", "self", "-n", NAMESPACE);
        const name = `"self.${NAMESPACE}.svc.cluster.local"`;
        const asked = `require("node:dns").resolve4(${name}, (_, found) => console.log(found[0]))`;
        assert.equal((await inSelf(cluster, asked)).trim(), spec.clusterIP);
        const { items } = await cluster.get("pods", "-n", NAMESPACE, "-l", "app=self");
        const sent = `
          const socket = require("node:dgram").createSocket("udp4", (message) => {
            console.log(String(message));
            process.exit();
          });
          socket.send("who", 9999, ${JSON.stringify(items[0].status.podIP)});
          setTimeout(() => process.exit(1), 5_000);`;
        assert.equal((await inSelf(cluster, sent)).trim(), "heard who");
      }),
  },
  {
    name: "a pod's rules are proven from inside its proxy's container, without any privilege",
    run: (cluster) =>
      inNamespace(cluster, async () => {
        const command = [NODE, "/weft/dist/main/pod-init.js", "--check", "--json"];
        const container = "weft-proxy";
        const said = await cluster.exec(NAMESPACE, "deployment/self", command, { container });
        const { isInForce, families } = JSON.parse(said);
        assert.equal(isInForce, true);
        assert.equal(families[0].connection, "redirected");
      }),
  },
  {
    name: "a pod without its rules is never ready, and its application never starts",
    run: (cluster) =>
      inNamespace(cluster, async () => {
        await cluster.apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: BARE } }]);
        try {
          await cluster.apply([await withoutRules(cluster)]);
          const said = () => cluster.logs(BARE, "ruleless", "weft-proxy").catch(() => "");
          const complaint = /rules of interception for IPv4 are not in force/;
          await eventually("it says so", async () => complaint.test(await said()), WITHIN_MS);
          await wait(UNREADY_MS);
          const { status } = await cluster.get("pod", "ruleless", "-n", BARE);
          const proxy = status.initContainerStatuses.find(
            ({ name }: { name: string }) => name === "weft-proxy",
          );
          assert.equal(proxy.started, false);
          assert.equal(proxy.restartCount, 0);
          assert.equal(status.containerStatuses[0].started, false);
        } finally {
          await cluster.kubectl(["delete", "namespace", BARE, "--wait=false"]);
        }
      }),
  },
];

function fetched(url: string): string {
  return `fetch(${url}).then((answer) => answer.text()).then(console.log)`;
}

function inSelf(cluster: Cluster, program: string): Promise<string> {
  const container = "self";
  return cluster.exec(NAMESPACE, "deployment/self", [NODE, "-e", program], { container });
}

// What the injector makes of a pod, but for the container that makes the rules.
async function withoutRules(cluster: Cluster): Promise<object> {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "ruleless", namespace: NAMESPACE },
    spec: { containers: [nodeContainer("app", "setInterval(() => {}, 1000)")] },
  };
  const input = JSON.stringify(pod);
  const dry = ["create", "--dry-run=server", "-o", "json", "-f", "-"];
  const { metadata, spec } = JSON.parse(await cluster.kubectl(dry, { input }));
  const initContainers = spec.initContainers.filter(
    ({ name }: { name: string }) => name !== "weft-init",
  );
  assert.equal(initContainers.length, 1);
  const { name, labels, annotations } = metadata;
  return {
    ...pod,
    metadata: { name, labels, annotations, namespace: BARE },
    spec: { ...spec, initContainers },
  };
}

// A pod that serves its callers' headers on loopback only, and answers datagrams.
async function inNamespace(cluster: Cluster, work: () => Promise<void>): Promise<void> {
  await installMesh(cluster);
  await cluster.once(NAMESPACE, async () => {
    const program = `
      require("node:http").createServer((request, answer) => {
        answer.end(JSON.stringify(request.headers));
      }).listen(8080, "127.0.0.1");
      const socket = require("node:dgram").createSocket("udp4", (message, from) => {
        socket.send("heard " + message, from.port, from.address);
      });
      socket.bind(9999);
      process.on("SIGTERM", () => process.exit());`;
    const ports = [{ name: "http", containerPort: 8080 }];
    const container = nodeContainer("self", program, { ports });
    await cluster.apply([injectedNamespace(NAMESPACE)]);
    await cluster.apply([
      strict(NAMESPACE),
      nodeDeployment(NAMESPACE, "self", container, {}),
      httpService(NAMESPACE, "self"),
    ]);
    await cluster.rolledOut(NAMESPACE, "deployment/self");
  });
  await work().catch(async (error: Error) => {
    throw new Error(`${error.message}\n${await cluster.describePods(NAMESPACE)}`, { cause: error });
  });
}
