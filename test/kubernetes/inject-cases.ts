// Injection as an API server sees it: whether it takes what the injector makes of a pod, and what
// becomes of pods when nobody answers. No pod runs here.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { NAMES } from "#control/kubernetes/injection/names.ts";
import type { Cluster } from "./cluster.ts";
import type { ClusterCase } from "./cluster-case.ts";
import { type Injector, withInjector } from "./injector-fixture.ts";

const LABELLED = "inject-labelled";
const PLAIN = "inject-plain";
const RESTRICTED = "inject-restricted";

type Container = { readonly name: string; readonly [field: string]: unknown };

export const injectCases: readonly ClusterCase[] = [
  {
    name: "pods of a namespace that asks, and pods that ask themselves, get the proxy",
    run: (cluster) =>
      inNamespaces(cluster, async (injector) => {
        await settled(cluster, injector);
        assert.deepEqual(await made(cluster, LABELLED, {}), ["weft-init", "weft-proxy"]);
        assert.deepEqual(await made(cluster, PLAIN, {}), []);
        const declines = { labels: { "weft.dev/inject": "disabled" } };
        assert.deepEqual(await made(cluster, LABELLED, declines), []);
        const annotated = { annotations: { "sidecar.istio.io/inject": "true" } };
        assert.deepEqual(await made(cluster, PLAIN, annotated), ["weft-init", "weft-proxy"]);
        const labelled = { labels: { "linkerd.io/inject": "enabled" } };
        assert.deepEqual(await made(cluster, PLAIN, labelled), ["weft-init", "weft-proxy"]);
      }),
  },
  {
    name: "the API server takes every field of an injected pod, and tells its warnings",
    run: (cluster) =>
      inNamespaces(cluster, async (injector) => {
        await settled(cluster, injector);
        const annotations = {
          "config.weft.dev/proxy-memory-limit": "96Mi",
          "config.linkerd.io/skip-outbound-ports": "25,4000-4010",
          "proxy.istio.io/config": "{}",
        };
        const { output, pod } = await create(cluster, LABELLED, { annotations }, PROBED);
        assert.match(output, /Warning: weft: Annotation proxy\.istio\.io\/config is not honoured/);
        const proxy = pod.spec.initContainers[1];
        assert.equal(proxy.restartPolicy, "Always");
        assert.equal(proxy.resources.limits.memory, "96Mi");
        const { httpGet } = pod.spec.containers[0].livenessProbe;
        assert.deepEqual([httpGet.path, httpGet.port], ["/app-health/main/livez", 15021]);
        assert.equal(pod.metadata.labels["weft.dev/proxy"], "0.1.0");
      }),
  },
  {
    name: "Pod Security restricted has nothing against weft-proxy, only against weft-init",
    run: (cluster) =>
      inNamespaces(cluster, async (injector) => {
        await settled(cluster, injector);
        const refusal = await create(cluster, RESTRICTED, {}).then(
          () => "made",
          (error: Error) => error.message,
        );
        assert.match(refusal, /violates PodSecurity "restricted:latest"/);
        assert.match(refusal, /weft-init/);
        assert.doesNotMatch(refusal, /weft-proxy/);
      }),
  },
  {
    name: "the leader brings the roots to every namespace and to the webhook's configuration",
    run: (cluster) =>
      inNamespaces(cluster, async (injector) => {
        await settled(cluster, injector);
        for (const namespace of [LABELLED, PLAIN, "default"]) {
          const map = await eventually(() =>
            cluster.get("configmap", "weft-trust", "-n", namespace),
          );
          assert.equal(map.data[NAMES.trustKey], injector.trust);
          assert.equal(map.metadata.ownerReferences[0].kind, "ClusterRole");
        }
        const system = await cluster.get("configmaps", "-n", "kube-system");
        const names = system.items.map((map: Named) => map.metadata.name);
        assert.ok(!names.includes("weft-trust"));
        // Somebody spoils one.
        await cluster.kubectl(["delete", "configmap", "weft-trust", "-n", PLAIN]);
        await eventually(() => cluster.get("configmap", "weft-trust", "-n", PLAIN));
      }),
  },
  {
    name: "a dead webhook stops pods that would be injected, and neither others nor the cluster's",
    run: (cluster) =>
      inNamespaces(cluster, async (injector) => {
        await settled(cluster, injector);
        await injector.die();
        await assert.rejects(create(cluster, LABELLED, {}), /failed calling webhook.*weft\.dev/s);
        assert.deepEqual(await made(cluster, PLAIN, {}), []);
        const declines = { labels: { "weft.dev/inject": "disabled" } };
        assert.deepEqual(await made(cluster, LABELLED, declines), []);
        // Even where somebody labels the cluster's own namespace, or a pod in it.
        await cluster.kubectl(["label", "namespace", "kube-system", "weft.dev/inject=enabled"]);
        try {
          const asks = { labels: { "weft.dev/inject": "enabled" } };
          assert.deepEqual(await made(cluster, "kube-system", asks), []);
        } finally {
          await cluster.kubectl(["label", "namespace", "kube-system", "weft.dev/inject-"]);
        }
      }),
  },
  {
    name: "the API server takes what weft inject makes of manifests",
    run: (cluster) =>
      inNamespaces(cluster, async () => {
        const manifest = "src/cli/golden/inject/shop.in.yaml";
        const input = readFileSync(manifest, "utf8").replaceAll(": shop", `: ${PLAIN}`);
        const program = ["src/main/weft.ts", "inject", "-"];
        const { stdout, stderr } = spawnSync(process.execPath, program, { input });
        assert.match(stderr.toString(), /Injected 1 of 2 workloads/);
        const [, deployment = ""] = stdout.toString().split(/^---\n/m);
        const dry = ["apply", "--dry-run=server", "--validate=strict", "-f", "-"];
        const said = await cluster.kubectl(dry, { input: deployment });
        assert.match(said, /deployment.apps\/web created/);
      }),
  },
];

type Named = { readonly metadata: { readonly name: string } };

type Marks = {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
};

const PROBED = {
  ports: [{ name: "http", containerPort: 8080 }],
  livenessProbe: { httpGet: { path: "/live", port: "http", scheme: "HTTPS" } },
  readinessProbe: { grpc: { port: 8080 } },
  startupProbe: { tcpSocket: { port: 8080 } },
  lifecycle: { preStop: { httpGet: { path: "/stop", port: "http" } } },
};

// What "restricted" asks of an application.
const MODEST = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  runAsUser: 1000,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

async function inNamespaces(
  cluster: Cluster,
  work: (injector: Injector) => Promise<void>,
): Promise<void> {
  const enabled = { "weft.dev/inject": "enabled" };
  const enforce = { "pod-security.kubernetes.io/enforce": "restricted" };
  await cluster.apply([
    namespace(LABELLED, enabled),
    namespace(PLAIN, {}),
    namespace(RESTRICTED, { ...enabled, ...enforce }),
  ]);
  try {
    await withInjector(cluster, work);
  } finally {
    const names = [LABELLED, PLAIN, RESTRICTED];
    await cluster.kubectl(["delete", "namespace", ...names, "--wait=false"]);
    await Promise.all(
      names.map((name) =>
        cluster
          .kubectl(["wait", `namespace/${name}`, "--for=delete", "--timeout=60s"])
          .catch(() => {}),
      ),
    );
  }
}

function namespace(name: string, labels: object) {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

// The API server trusts the injector, and pods may be made: both come a moment after.
async function settled(cluster: Cluster, { trust }: Injector): Promise<void> {
  const bundle = Buffer.from(trust).toString("base64");
  await eventually(async () => {
    const { webhooks } = await cluster.get("mutatingwebhookconfiguration", "weft-injector");
    for (const { clientConfig } of webhooks) assert.equal(clientConfig.caBundle, bundle);
    const asked = ["--dry-run=server", "-o", "name"];
    await create(cluster, LABELLED, {}, {}, asked);
  });
}

async function made(cluster: Cluster, namespace: string, marks: Marks): Promise<string[]> {
  const { pod } = await create(cluster, namespace, marks);
  return (pod.spec.initContainers ?? []).map(({ name }: Container) => name);
}

async function create(
  cluster: Cluster,
  namespace: string,
  marks: Marks,
  container: object = {},
  flags: readonly string[] = ["--dry-run=server", "-o", "json"],
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API server makes of it
): Promise<{ readonly pod: any; readonly output: string }> {
  const main = { name: "main", image: "weft.test/busybox:local", securityContext: MODEST };
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { generateName: "web-", namespace, ...marks },
    spec: { containers: [{ ...main, ...container }] },
  };
  // Warnings come on the other stream, and belong to what is looked at.
  const child = cluster.spawn(cluster.kit.program("kubectl"), ["create", ...flags, "-f", "-"]);
  child.stdin!.end(JSON.stringify(pod));
  const closed = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  const [code] = await closed;
  if (code !== 0) throw new Error(stderr);
  return { pod: flags.includes("json") ? JSON.parse(stdout) : undefined, output: stderr };
}

async function eventually<T>(look: () => Promise<T>): Promise<T> {
  for (let i = 0; ; i++) {
    try {
      return await look();
    } catch (error) {
      if (i >= 60) throw error;
      await sleep(200);
    }
  }
}
