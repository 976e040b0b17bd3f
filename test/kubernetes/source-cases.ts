// The control plane and a real API server: what it reads there, whom it believes, and what it
// writes. It runs here, as a process of its own; nothing else of Weft may be in the cluster.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Cluster } from "./cluster.ts";
import type { ClusterCase } from "./cluster-case.ts";
import { askForCertificate, ControlClient, type ControlPort } from "./control-client.ts";

const SPACE = "weft-source";
const WITHIN_MS = 40_000;
const SHOP = `${SPACE}-shop`;
const WEB = `spiffe://cluster.local/ns/${SHOP}/sa/web`;
const ROUTES = "httproutes.gateway.networking.k8s.io";

type Replica = {
  readonly health: string;
  readonly proxies: number; // port
  readonly log: () => string;
  admin(path: string): Promise<unknown>;
  end(): Promise<number | null>;
};

export const sourceCases: readonly ClusterCase[] = [
  {
    name: "a pod joins by its own token, and gets plans of pods, services and what is neither",
    async run(cluster) {
      await prepare(cluster);
      const replica = await startReplica(cluster, "a");
      await cluster.apply([...shop(), pod("web-1", true), pod("web-2", false)]);
      await markRunning(cluster, "web-1", "10.9.0.1", true);
      await markRunning(cluster, "web-2", "10.9.0.2", true);
      const client = await joinAs(cluster, replica, "web-1");
      const { spec } = await cluster.get("service", "web", "-n", SHOP);
      const keys = [`web.${SHOP}:80`, `${spec.clusterIP}:80`, "10.9.0.1:8080", "203.0.113.1:25"];
      client.want(...keys);
      const both = ["weft 10.9.0.1:8080 web-1", "plaintext 10.9.0.2:8080 web-2"];
      await eventually(async () => same(shown(client, keys[0]!), both));
      assert.deepEqual(shown(client, keys[1]!), both);
      assert.deepEqual(shown(client, keys[2]!), ["weft 10.9.0.1:8080 web-1"]);
      assert.equal(client.plan(keys[3]!)?.scope.name, "PassthroughCluster");
      assert.equal(client.inbound?.workload.serviceAccount, "web");
      assert.equal(client.inbound?.takesAnyPort, true);
      // Readiness is what the EndpointSlices say; the plans of an ending pod's proxy stay.
      await markRunning(cluster, "web-1", "10.9.0.1", false);
      await eventually(async () => same(shown(client, keys[0]!), [both[1]!]));
      const inbound = client.inbound;
      await cluster.kubectl(["delete", "pod", "web-1", "-n", SHOP, "--force", "--wait=true"]);
      await cluster.apply([pod("web-3", true)]);
      await markRunning(cluster, "web-3", "10.9.0.3", true);
      await eventually(async () => shown(client, keys[0]!).some((each) => /10.9.0.3/.test(each)));
      assert.equal(client.inbound, inbound);
      client.close();
      await replica.end();
    },
  },
  {
    name: "a token of another audience, and one of a pod that is gone, are no way in",
    async run(cluster) {
      await prepare(cluster);
      const replica = await startReplica(cluster, "a");
      await cluster.apply([...shop(), pod("web-1", true)]);
      await markRunning(cluster, "web-1", "10.9.0.1", true);
      const refusal = async (token: string) => {
        const { answer } = await askForCertificate(await portOf(cluster, replica), WEB, token);
        return answer.kind === "refused" ? answer.reason : answer.kind;
      };
      const other = await tokenOf(cluster, "web-1", "https://kubernetes.default.svc");
      assert.match(await refusal(other), /its token is not (valid|for "weft.dev")/);
      const unbound = ["create", "token", "web", "-n", SHOP, "--audience=weft.dev"];
      assert.match(await refusal((await cluster.kubectl(unbound)).trim()), /bound to no pod/);
      const own = await tokenOf(cluster, "web-1", "weft.dev");
      await cluster.kubectl(["delete", "pod", "web-1", "-n", SHOP, "--force", "--wait=true"]);
      assert.match(await refusal(own), /Cannot join the mesh: /);
      // Whoever has a certificate is who it says, and no other.
      await replica.end();
    },
  },
  {
    name: "a kind that a dialect reads counts from when its definition comes until it goes",
    async run(cluster) {
      await prepare(cluster);
      await cluster.kubectl([
        "delete",
        "crd",
        "sidecars.networking.istio.io",
        "--ignore-not-found",
      ]);
      const replica = await startReplica(cluster, "a");
      const kinds = async () => {
        const { rows } = (await replica.admin("objects")) as { rows: readonly { kind: string }[] };
        return rows.some(({ kind }) => kind === "Sidecar") ? true : undefined;
      };
      assert.equal(await kinds(), undefined);
      await cluster.apply([definition()]);
      const crd = ["crd/sidecars.networking.istio.io", "--for=condition=Established"];
      await cluster.kubectl(["wait", ...crd, "--timeout=30s"]);
      const metadata = { name: "default", namespace: SHOP };
      const apiVersion = "networking.istio.io/v1";
      await cluster.apply([{ apiVersion, kind: "Sidecar", metadata, spec: {} }]);
      await eventually(kinds);
      await cluster.kubectl(["delete", "crd", "sidecars.networking.istio.io"]);
      await eventually(async () => ((await kinds()) ? undefined : true));
      await replica.end();
    },
  },
  {
    name: "a route's status says what became of it, and one replica of two writes it",
    async run(cluster) {
      await prepare(cluster);
      const replicas = [await startReplica(cluster, "a"), await startReplica(cluster, "b")];
      await cluster.apply([...shop(), route("good", "web"), route("bad", "nowhere")]);
      const conditions = async (name: string) => {
        const { status } = await cluster.get(ROUTES, name, "-n", SHOP);
        const [parent] = (status?.parents ?? []) as Parents;
        return parent?.conditions.map(({ type, status: is, reason }) => `${type} ${is} ${reason}`);
      };
      // Which may be known before its parent is.
      const says = (name: string, ...wanted: readonly string[]) =>
        eventually(async () => same((await conditions(name)) ?? [], wanted));
      await says("good", "Accepted True Accepted", "ResolvedRefs True ResolvedRefs");
      await says("bad", "Accepted True Accepted", "ResolvedRefs False BackendNotFound");
      const leading = () => replicas.filter((each) => each.log().includes("leads now"));
      assert.equal(leading().length, 1);
      // The leader gives its Lease back, and the other one goes on.
      await leading()[0]!.end();
      await eventually(async () => leading().length === 2);
      await cluster.apply([route("other", "web")]);
      assert.ok(await eventually(() => conditions("other")));
      for (const replica of replicas) await replica.end();
    },
  },
  {
    name: "several replicas have one root, and a proxy of one is a proxy of the other",
    async run(cluster) {
      await prepare(cluster);
      await cluster.kubectl(["delete", "secret", "weft-ca", "-n", SPACE, "--ignore-not-found"]);
      const [a, b] = await Promise.all([startReplica(cluster, "a"), startReplica(cluster, "b")]);
      await cluster.apply([...shop(), pod("web-1", true)]);
      await markRunning(cluster, "web-1", "10.9.0.1", true);
      const token = await tokenOf(cluster, "web-1", "weft.dev");
      const { answer, key } = await askForCertificate(await portOf(cluster, a), WEB, token);
      assert.ok(answer.kind === "issued");
      const other = new ControlClient(
        await portOf(cluster, b),
        { ...answer, key },
        `${SHOP}/web-1`,
      );
      await eventually(async () => other.inbound !== undefined);
      other.close();
      for (const replica of [a, b]) await replica.end();
    },
  },
  {
    name: "while the API server is away the last state goes on, and what is new comes after",
    async run(cluster) {
      await prepare(cluster);
      const replica = await startReplica(cluster, "a");
      await cluster.apply([...shop(), pod("web-1", true)]);
      await markRunning(cluster, "web-1", "10.9.0.1", true);
      const client = await joinAs(cluster, replica, "web-1");
      const key = `web.${SHOP}:80`;
      client.want(key);
      const first = ["weft 10.9.0.1:8080 web-1"];
      await eventually(async () => same(shown(client, key), first));
      const port = await portOf(cluster, replica);
      await cluster.stopComponent("kube-apiserver");
      await eventually(async () => /what was known last/.test(replica.log()));
      assert.deepEqual(shown(client, key), first);
      assert.equal(await fetchText(`${replica.health}/ready`), "ready\n");
      const refused = await askForCertificate(port, WEB, "aaaa.bbbb.cccc");
      assert.equal(refused.answer.kind, "refused");
      cluster.restartComponent("kube-apiserver");
      await eventually(async () => {
        return cluster.kubectl(["get", "--raw", "/readyz"]).then(
          () => true,
          () => undefined,
        );
      });
      await cluster.apply([pod("web-3", true)]);
      await markRunning(cluster, "web-3", "10.9.0.3", true);
      await eventually(async () => shown(client, key).some((each) => /10.9.0.3/.test(each)));
      client.close();
      await replica.end();
    },
  },
];

type Parents = readonly {
  readonly conditions: readonly { type: string; status: string; reason: string }[];
}[];

// Nothing is left of an earlier case.
async function prepare(cluster: Cluster): Promise<void> {
  endReplicas();
  await cluster.once("kinds of Gateway API", async () => {
    const folder = cluster.kit.customResources("gateway-api");
    await cluster.kubectl(["apply", "--server-side", "-f", folder]);
  });
  const wait = ["--ignore-not-found", "--wait=true", "--timeout=60s"];
  // Nobody on its node would end them.
  await cluster.kubectl(["delete", "pods", "--all", "-n", SHOP, "--force", "--ignore-not-found"]);
  await cluster.kubectl(["delete", "namespace", SHOP, ...wait]);
  const spaces = [SPACE, SHOP, "weft-system"].map((name) => named("Namespace", name));
  await cluster.kubectl(["delete", "node", "nowhere", ...wait]);
  await cluster.apply([...spaces, named("Node", "nowhere")]);
  // Whose pods nobody calls unready, for as long as a case takes.
  const at = new Date().toISOString();
  const ready = { type: "Ready", status: "True", reason: "Test", message: "" };
  const conditions = [{ ...ready, lastHeartbeatTime: at, lastTransitionTime: at }];
  const patch = ["patch", "node", "nowhere", "--subresource=status", "--type=merge"];
  await cluster.kubectl([...patch, "-p", JSON.stringify({ status: { conditions } })]);
}

async function startReplica(cluster: Cluster, name: string): Promise<Replica> {
  const folder = mkdtempSync(join(tmpdir(), "weft-replica-"));
  const ports = await freePorts(4);
  const [proxies, admin, webhook, health] = ports;
  const child = spawn(process.execPath, ["src/main/cluster-control.ts"], {
    env: {
      ...process.env,
      WEFT_KUBECONFIG: cluster.kubeconfig,
      WEFT_POD_NAMESPACE: SPACE,
      WEFT_POD_NAME: name,
      WEFT_STATE_FOLDER: folder,
      WEFT_LISTEN: "127.0.0.1",
      WEFT_PORT_PROXIES: String(proxies),
      WEFT_PORT_ADMIN: String(admin),
      WEFT_PORT_WEBHOOK: String(webhook),
      WEFT_PORT_HEALTH: String(health),
      WEFT_IMAGE: "weft.test/none",
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  // A case that fails leaves it.
  running.add(child);
  let log = "";
  child.stderr.on("data", (text) => {
    log += text;
  });
  const url = `http://127.0.0.1:${health}`;
  const replica: Replica = {
    health: url,
    proxies: proxies!,
    log: () => log,
    admin: (path) => askAdmin(cluster, admin!, path),
    async end() {
      const code = await end(child);
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
  await eventually(
    async () => ((await fetchText(`${url}/ready`)) === "ready\n" ? true : undefined),
    () => log,
  );
  return replica;
}

const running = new Set<ChildProcess>();

// What failed cases left.
export function endReplicas(): void {
  for (const child of running) child.kill("SIGKILL");
}

async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const code = await Promise.race([ended, pause(WITHIN_MS, "late" as const)]);
  if (code !== "late") return code;
  child.kill("SIGKILL");
  throw new Error("The control plane doesn't end");
}

// Whatever namespace it runs in, its admin tokens are where others look for them.
async function askAdmin(cluster: Cluster, port: number, path: string): Promise<unknown> {
  const { data } = await cluster.get("secret", "weft-admin", "-n", "weft-system");
  const token = Buffer.from(data.write, "base64").toString();
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return answer.json();
}

async function portOf(cluster: Cluster, { proxies }: Replica): Promise<ControlPort> {
  const { data } = await cluster.get("secret", "weft-ca", "-n", SPACE);
  return { port: proxies, roots: Buffer.from(data["root.pem"], "base64").toString() };
}

// As the kubelet gives it to the pod.
async function tokenOf(cluster: Cluster, pod: string, audience: string): Promise<string> {
  const bound = ["--bound-object-kind=Pod", `--bound-object-name=${pod}`];
  const args = ["create", "token", "web", "-n", SHOP, `--audience=${audience}`, ...bound];
  return (await cluster.kubectl(args)).trim();
}

async function joinAs(cluster: Cluster, replica: Replica, pod: string): Promise<ControlClient> {
  const port = await portOf(cluster, replica);
  const token = await tokenOf(cluster, pod, "weft.dev");
  const { answer, key } = await askForCertificate(port, WEB, token);
  assert.ok(answer.kind === "issued", JSON.stringify(answer));
  return new ControlClient(port, { ...answer, key }, `${SHOP}/${pod}`);
}

function shown(client: ControlClient, key: string): readonly string[] {
  return client
    .endpoints(key)
    .map(({ speaks, address, port, workload }) => `${speaks} ${address}:${port} ${workload.name}`);
}

function same(found: readonly string[], wanted: readonly string[]): boolean {
  return JSON.stringify(found) === JSON.stringify(wanted);
}

async function fetchText(url: string): Promise<string> {
  return fetch(url).then(
    (answer) => answer.text(),
    (error: Error) => error.message,
  );
}

// Something, or true.
async function eventually<T>(
  look: () => Promise<T | undefined | false>,
  why: () => string = () => "",
): Promise<T> {
  const endMs = performance.now() + WITHIN_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    assert.ok(performance.now() < endMs, `it never is so. ${why()}`);
    await pause(100);
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, "127.0.0.1", () => {
            resolve((server.address() as { port: number }).port);
          });
        }),
    ),
  );
  for (const server of servers) server.close();
  return ports;
}

function named(kind: string, name: string) {
  return { apiVersion: "v1", kind, metadata: { name } };
}

// Istio's own, without its schema.
function definition() {
  const names = { kind: "Sidecar", plural: "sidecars", singular: "sidecar" };
  const schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const version = { served: true, storage: true, schema: { openAPIV3Schema: schema } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "sidecars.networking.istio.io" },
    spec: {
      ...{ group: "networking.istio.io", names, scope: "Namespaced" },
      versions: [{ name: "v1", ...version }],
    },
  };
}

function shop() {
  const metadata = { name: "web", namespace: SHOP };
  const ports = [{ name: "http", port: 80, targetPort: "main" }];
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: { app: "web" }, ports } },
  ];
}

// On a node that nobody runs: nothing but this test says how it fares.
function pod(name: string, hasProxy: boolean) {
  const proxy = { name: "weft-proxy", image: "weft.test/none", restartPolicy: "Always" };
  const ports = [{ name: "main", containerPort: 8080 }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...{ name, namespace: SHOP },
      labels: { app: "web", ...(hasProxy && { "weft.dev/proxy": "test" }) },
    },
    spec: {
      nodeName: "nowhere",
      serviceAccountName: "web",
      tolerations: [{ operator: "Exists" }],
      ...(hasProxy && { initContainers: [proxy] }),
      containers: [{ name: "app", image: "weft.test/none", ports }],
    },
  };
}

async function markRunning(
  cluster: Cluster,
  name: string,
  ip: string,
  isReady: boolean,
): Promise<void> {
  const status = isReady ? "True" : "False";
  const conditions = [{ type: "Ready", status }];
  const patch = { status: { phase: "Running", podIP: ip, podIPs: [{ ip }], conditions } };
  const args = ["patch", "pod", name, "-n", SHOP, "--subresource=status", "--type=merge"];
  await cluster.kubectl([...args, "-p", JSON.stringify(patch)]);
}

function route(name: string, backend: string) {
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name, namespace: SHOP },
    spec: {
      parentRefs: [{ group: "", kind: "Service", name: "web", port: 80 }],
      rules: [{ backendRefs: [{ name: backend, port: 80 }] }],
    },
  };
}
