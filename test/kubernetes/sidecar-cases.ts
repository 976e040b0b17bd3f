// Pods with their proxies: when each of the two starts and ends, and what the kubelet thinks of them.

import assert from "node:assert/strict";
import { eventually } from "#local/testing/eventually.ts";
import type { Cluster } from "./cluster.ts";
import type { ClusterCase } from "./cluster-case.ts";
import { installMesh } from "./installed-mesh.ts";
import {
  httpService,
  injectedNamespace,
  nodeContainer,
  nodeDeployment,
  POLITE,
  strict,
} from "./node-pod.ts";

const WITHIN_MS = 60_000;

export const sidecarCases: readonly ClusterCase[] = [
  {
    name: "an application starts after its proxy, its init containers too, and ends before it",
    run: (cluster) =>
      inNamespace(cluster, "sidecar-life", async (namespace) => {
        await cluster.apply([strict(namespace), ...listener(namespace)]);
        await cluster.rolledOut(namespace, "deployment/listener");
        // Each calls once, without a second try; the last long after it was asked to end.
        const call = (path: string) =>
          `const answer = await fetch("http://listener/${path}");
           if (!answer.ok) throw new Error(answer.status + " " + await answer.text());`;
        const worker = {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: "worker", namespace },
          spec: {
            restartPolicy: "Never",
            initContainers: [nodeContainer("migrate", `(async () => { ${call("init")} })()`)],
            containers: [
              nodeContainer(
                "worker",
                `const end = async () => { ${call("end")} process.exit(); };
                 process.on("SIGTERM", () => setTimeout(end, 3000));
                 (async () => { ${call("start")} setInterval(() => {}, 1000); })()`,
              ),
            ],
          },
        };
        await cluster.apply([worker]);
        await cluster.kubectl(["wait", "pod/worker", "-n", namespace, READY, "--timeout=100s"]);
        await cluster.kubectl(["delete", "pod", "worker", "-n", namespace]);
        const heard = await cluster.logs(namespace, "deployment/listener", "listener");
        assert.deepEqual(heard.trim().split("\n"), ["/init", "/start", "/end"]);
      }),
  },
  {
    name: "a Job with a proxy completes, and one that fails fails",
    run: (cluster) =>
      inNamespace(cluster, "sidecar-jobs", async (namespace) => {
        await cluster.apply([strict(namespace), ...listener(namespace)]);
        await cluster.rolledOut(namespace, "deployment/listener");
        const ask = `fetch("http://listener/job").then((answer) => process.exit(answer.ok ? 0 : 1))`;
        await cluster.apply([
          job(namespace, "good", ask),
          job(namespace, "bad", "process.exit(3)"),
        ]);
        const wait = (name: string, condition: string) =>
          cluster.kubectl(
            ["wait", `job/${name}`, "-n", namespace, `--for=condition=${condition}`].concat(
              "--timeout=100s",
            ),
          );
        await Promise.all([wait("good", "complete"), wait("bad", "failed")]);
        const { items } = await cluster.get("pods", "-n", namespace, "-l", "job-name=good");
        assert.equal(items[0].status.phase, "Succeeded");
        const [, proxy] = items[0].status.initContainerStatuses;
        assert.equal(proxy.name, "weft-proxy");
        assert.equal(proxy.state.terminated.exitCode, 0);
        assert.equal(proxy.restartCount, 0);
      }),
  },
  {
    name: "probes over HTTP, TCP, gRPC and exec work where only mTLS is taken, and still fail",
    run: (cluster) =>
      inNamespace(cluster, "sidecar-probes", async (namespace) => {
        await cluster.apply([strict(namespace), ...probed(namespace)]);
        await cluster.rolledOut(
          namespace,
          "deployment/http",
          "deployment/grpc",
          "deployment/plain",
        );
        // The application says that it isn't well: over HTTP ready, over gRPC alive.
        const asked = (path: string) =>
          `fetch("http://127.0.0.1:8080/${path}").then(() => process.exit())`;
        const tell = (name: string, path: string) =>
          cluster.exec(
            namespace,
            `deployment/${name}`,
            ["/usr/local/bin/node", "-e", asked(path)],
            { container: name },
          );
        await new Promise((resolve) => setTimeout(resolve, 6_000));
        assert.deepEqual(await restarts(cluster, namespace), { http: 0, grpc: 0, plain: 0 });
        await tell("http", "unready");
        await eventually(
          "an unready pod",
          () => isReady(cluster, namespace, "http", false),
          WITHIN_MS,
        );
        await tell("http", "ready");
        await eventually("a ready pod", () => isReady(cluster, namespace, "http", true), WITHIN_MS);
        await tell("grpc", "ill");
        const restarted = async () => (await restarts(cluster, namespace))["grpc"] === 1;
        await eventually("a restarted container", restarted, WITHIN_MS);
        await eventually("a ready pod", () => isReady(cluster, namespace, "grpc", true), WITHIN_MS);
      }),
  },
];

const READY = "--for=condition=Ready";

async function inNamespace(
  cluster: Cluster,
  namespace: string,
  work: (namespace: string) => Promise<void>,
): Promise<void> {
  await installMesh(cluster);
  await cluster.apply([injectedNamespace(namespace)]);
  try {
    await work(namespace).catch(async (error: Error) => {
      throw new Error(`${error.message}\n${await cluster.describePods(namespace)}`, {
        cause: error,
      });
    });
  } finally {
    await cluster.kubectl(["delete", "namespace", namespace, "--wait=false"]);
  }
}

// Says which paths it was asked for.
function listener(namespace: string): readonly object[] {
  const program = `${POLITE}
    end(require("node:http").createServer((request, answer) => {
      console.log(request.url);
      answer.end();
    }).listen(8080));`;
  const probe = { readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 } };
  const container = nodeContainer("listener", program, probe);
  return [nodeDeployment(namespace, "listener", container, {}), httpService(namespace, "listener")];
}

function job(namespace: string, name: string, program: string) {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace },
    spec: {
      backoffLimit: 0,
      template: { spec: { restartPolicy: "Never", containers: [nodeContainer(name, program)] } },
    },
  };
}

// A busy machine takes its time: to start what is asked, and to answer.
const OFTEN = { periodSeconds: 1, failureThreshold: 3, timeoutSeconds: 5 };
const AT_START = { ...OFTEN, failureThreshold: 60 };

// Three applications that listen in three ways, and are asked in four.
function probed(namespace: string): readonly object[] {
  const http = nodeContainer(
    "http",
    `${POLITE}
     let isReady = true;
     end(require("node:http").createServer((request, answer) => {
       if (request.url === "/unready") isReady = false;
       if (request.url === "/ready") isReady = true;
       answer.statusCode = request.url === "/health" && !isReady ? 500 : 200;
       answer.end();
     }).listen(8080));`,
    {
      ports: [{ name: "web", containerPort: 8080 }],
      startupProbe: { httpGet: { path: "/", port: "web" }, ...AT_START },
      readinessProbe: { httpGet: { path: "/health", port: "web" }, ...OFTEN },
      livenessProbe: { httpGet: { path: "/", port: 8080 }, ...OFTEN },
    },
  );
  const grpc = nodeContainer(
    "grpc",
    `let status = 1;
     const health = require("node:http2").createServer();
     health.on("stream", (stream) => {
       stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
       stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
       stream.end(Buffer.from([0, 0, 0, 0, 2, 8, status]));
     });
     health.listen(9090);
     require("node:http").createServer((request, answer) => {
       status = 2;
       answer.end();
     }).listen(8080, "127.0.0.1");
     process.on("SIGTERM", () => process.exit());`,
    {
      startupProbe: { grpc: { port: 9090 }, ...AT_START },
      livenessProbe: { grpc: { port: 9090 }, ...OFTEN },
    },
  );
  // Only on loopback, where the kubelet itself would find nobody.
  const plain = nodeContainer(
    "plain",
    `require("node:net").createServer((socket) => socket.end()).listen(8080, "127.0.0.1");
     process.on("SIGTERM", () => process.exit());`,
    {
      startupProbe: { tcpSocket: { port: 8080 }, ...AT_START },
      livenessProbe: { exec: { command: ["/usr/local/bin/node", "-v"] }, timeoutSeconds: 20 },
    },
  );
  return [http, grpc, plain].map((container) =>
    nodeDeployment(namespace, container.name, container, { terminationGracePeriodSeconds: 5 }),
  );
}

async function restarts(cluster: Cluster, namespace: string): Promise<Record<string, number>> {
  const { items } = await cluster.get("pods", "-n", namespace);
  const counts = items.map(({ metadata, status }: Pod) => [
    metadata.labels["app"],
    status.containerStatuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
  ]);
  return Object.fromEntries(counts);
}

async function isReady(cluster: Cluster, namespace: string, app: string, expected: boolean) {
  const { items } = await cluster.get("pods", "-n", namespace, "-l", `app=${app}`);
  return items.every(
    ({ status }: Pod) => status.containerStatuses.every(({ ready }) => ready) === expected,
  );
}

type Pod = {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly status: {
    readonly containerStatuses: readonly {
      readonly restartCount: number;
      readonly ready: boolean;
    }[];
  };
};
