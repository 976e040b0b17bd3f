// Requests under way while things are replaced, or gone.

import assert from "node:assert/strict";
import { eventually } from "#local/testing/eventually.ts";
import type { Cluster } from "./cluster.ts";
import type { ClusterCase } from "./cluster-case.ts";
import { installMesh, SYSTEM } from "./installed-mesh.ts";
import {
  httpService,
  injectedNamespace,
  nodeContainer,
  nodeDeployment,
  POLITE,
  strict,
} from "./node-pod.ts";

const NAMESPACE = "rollout";
const FEWEST = 200;
// What asks for a proxy in vain there.
const OWN_POD = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "own", namespace: "kube-system", labels: { "weft.dev/inject": "enabled" } },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [{ name: "own", image: "weft.test/busybox:local", command: ["sleep", "600"] }],
  },
};

export const rolloutCases: readonly ClusterCase[] = [
  {
    name: "an application is rolled out under load without a failed request",
    run: (cluster) =>
      underLoad(cluster, async () => {
        await cluster.kubectl(["rollout", "restart", "deployment/web", "-n", NAMESPACE]);
        await cluster.rolledOut(NAMESPACE, "deployment/web");
      }),
  },
  {
    name: "while the control plane is away, so is its webhook: traffic and the cluster go on",
    run: (cluster) =>
      underLoad(cluster, async () => {
        await scaleControl(cluster, 0);
        try {
          // The cluster's own pods are made, an application's wait.
          await cluster.apply([OWN_POD]);
          const ready = ["wait", "pod/own", "-n", "kube-system", "--for=condition=Ready"];
          await cluster.kubectl([...ready, "--timeout=60s"]);
          await cluster.kubectl(["delete", "pod", "own", "-n", "kube-system", "--wait=false"]);
          await cluster.kubectl(["scale", "deployment/web", "-n", NAMESPACE, "--replicas=3"]);
          const isTold = async () => {
            const events = await cluster.kubectl(["get", "events", "-n", NAMESPACE]);
            return /failed calling webhook/.test(events);
          };
          await eventually("an event that tells of the webhook", isTold, 60_000);
        } finally {
          await scaleControl(cluster, 1);
        }
        await cluster.rolledOut(SYSTEM, "deployment/weft-control");
        await cluster.rolledOut(NAMESPACE, "deployment/web");
      }),
  },
];

async function scaleControl(cluster: Cluster, replicas: number): Promise<void> {
  const scale = ["scale", "deployment/weft-control", "-n", SYSTEM, `--replicas=${replicas}`];
  await cluster.kubectl(scale);
  if (replicas > 0) return;
  const isGone = async () => (await cluster.get("pods", "-n", SYSTEM)).items.length === 0;
  await eventually("no control plane", isGone, 60_000);
}

// Two replicas behind a Service, and a caller that asks them all the while, four at a time.
async function underLoad(cluster: Cluster, work: () => Promise<void>): Promise<void> {
  await installMesh(cluster);
  await cluster.apply([injectedNamespace(NAMESPACE), strict(NAMESPACE), ...web(), caller()]);
  try {
    await cluster.rolledOut(NAMESPACE, "deployment/web", "deployment/caller");
    await eventually("requests", async () => (await counted(cluster)).good > FEWEST, 60_000);
    const before = await counted(cluster);
    await work();
    const done = before.good + FEWEST;
    await eventually("more requests", async () => (await counted(cluster)).good > done, 60_000);
    const { failures } = await counted(cluster);
    assert.deepEqual(failures, {});
  } catch (error) {
    const pods = await cluster.describePods(NAMESPACE);
    throw new Error(`${(error as Error).message}\n${pods}`, { cause: error });
  } finally {
    await cluster.kubectl(["delete", "namespace", NAMESPACE]);
  }
}

function web(): readonly object[] {
  const program = `${POLITE}
    end(require("node:http").createServer((request, answer) => {
      setTimeout(() => answer.end("well"), 20);
    }).listen(8080));`;
  const container = nodeContainer("web", program, {
    // Callers hear of its end first, as Kubernetes advises: a listener that closes at once resets
    // what the kernel has accepted for it.
    lifecycle: { preStop: { sleep: { seconds: 3 } } },
    // A busy machine answers late, which is no reason to take it out of service.
    readinessProbe: {
      httpGet: { path: "/", port: 8080 },
      ...{ periodSeconds: 1, timeoutSeconds: 10 },
    },
  });
  return [
    nodeDeployment(NAMESPACE, "web", container, { replicas: 2 }),
    httpService(NAMESPACE, "web"),
  ];
}

// Counts on port 8081, for whoever asks inside of the pod.
function caller(): object {
  const program = `
    let good = 0;
    const failures = {};
    const ask = async () => {
      for (;;) {
        const what = await fetch("http://web/").then(
          async (answer) => (answer.ok && (await answer.text()) === "well" ? "" : answer.status + " " + answer.headers.get("weft-cause")),
          (error) => String(error.cause ?? error),
        );
        if (what === "") good++;
        else failures[what] = (failures[what] ?? 0) + 1;
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
    };
    for (let i = 0; i < 4; i++) ask();
    require("node:http").createServer((_, answer) => answer.end(JSON.stringify({ good, failures }))).listen(8081, "127.0.0.1");
    process.on("SIGTERM", () => process.exit());`;
  return nodeDeployment(NAMESPACE, "caller", nodeContainer("caller", program), {});
}

type Counts = { readonly good: number; readonly failures: Readonly<Record<string, number>> };

async function counted(cluster: Cluster): Promise<Counts> {
  const ask = `fetch("http://127.0.0.1:8081").then(async (a) => console.log(await a.text()))`;
  const command = ["/usr/local/bin/node", "-e", ask];
  const text = await cluster.exec(NAMESPACE, "deployment/caller", command, { container: "caller" });
  return JSON.parse(text);
}
