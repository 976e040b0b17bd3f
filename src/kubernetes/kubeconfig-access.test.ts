import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { inClusterAccess } from "./in-cluster-access.ts";
import { kubeconfigAccess } from "./kubeconfig-access.ts";

const b64 = (text: string) => Buffer.from(text).toString("base64");

test("the context, asked for or current, names cluster, user and namespace", async (t) => {
  const { put, read } = makeFolder(t);
  put("config", twoContexts());
  const first = await read({ path: "config" });
  assert.equal(first.kind === "read" && first.access.server.href, "https://one.example:6443/");
  assert.equal(first.kind === "read" && first.access.namespace, "default");
  const second = await read({ path: "config", context: "b" });
  assert.ok(second.kind === "read");
  assert.deepEqual(second.access.trust, { ca: "CA", serverName: "api.internal" });
  assert.equal(second.access.namespace, "shop");
  assert.deepEqual(await second.access.credentials(false), { certificate: "CERT", key: "KEY" });
});

test("what is missing is named, with what there is", async (t) => {
  const { put, read } = makeFolder(t);
  put("config", twoContexts());
  const unknown = await read({ path: "config", context: "c" });
  assert.deepEqual(unknown, {
    kind: "refused",
    reason: 'The kubeconfig has no context "c"; it has: a, b',
  });
  const none = await read({ path: "nowhere" });
  assert.match(
    none.kind === "refused" ? none.reason : "",
    /^Found no kubeconfig at .*nowhere: set/,
  );
  put("broken", "a: [");
  const broken = await read({ path: "broken" });
  assert.match(broken.kind === "refused" ? broken.reason : "", /^Cannot read the kubeconfig/);
});

test("several files count as one, the first to define a thing wins", async (t) => {
  const { folder, put, read } = makeFolder(t);
  put("one", "current-context: x\ncontexts: [{name: x, context: {cluster: k, user: u}}]\n");
  put("two", "current-context: y\nclusters: [{name: k, cluster: {server: 'https://k'}}]\n");
  const found = await read({}, { KUBECONFIG: `${join(folder, "one")}:${join(folder, "two")}` });
  assert.equal(found.kind === "read" && found.access.server.href, "https://k/");
});

test("a token file is read anew each time, from the kubeconfig's folder", async (t) => {
  const { put, read } = makeFolder(t);
  put("config", oneUser("tokenFile: token"));
  put("token", "first\n");
  const found = await read({ path: "config" });
  assert.ok(found.kind === "read");
  assert.deepEqual(await found.access.credentials(false), { authorization: "Bearer first" });
  put("token", "second\n");
  assert.deepEqual(await found.access.credentials(false), { authorization: "Bearer second" });
});

test("a program gives credentials, which hold until it says or they are refused", async (t) => {
  const { folder, put, read } = makeFolder(t);
  const script = [
    "#!/bin/sh",
    `echo run >>${folder}/runs`,
    `echo "$KUBERNETES_EXEC_INFO" >${folder}/info`,
    `printf '{"kind":"ExecCredential","status":{"token":"%s"}}' "$TOKEN"`,
  ];
  put("plugin", `${script.join("\n")}\n`);
  chmodSync(join(folder, "plugin"), 0o755);
  const exec =
    "exec: {command: ./plugin, provideClusterInfo: true, env: [{name: TOKEN, value: t}]}";
  put("config", oneUser(exec));
  const found = await read({ path: "config" });
  assert.ok(found.kind === "read");
  const { credentials } = found.access;
  const expected = { authorization: "Bearer t" };
  assert.deepEqual(await Promise.all([credentials(false), credentials(false)]), [
    expected,
    expected,
  ]);
  assert.deepEqual(await credentials(false), expected);
  assert.equal(systemFiles.read(join(folder, "runs")), "run\n");
  await credentials(true);
  assert.equal(systemFiles.read(join(folder, "runs")), "run\nrun\n");
  const info = JSON.parse(systemFiles.read(join(folder, "info"))!) as { spec: object };
  assert.deepEqual(info.spec, { interactive: false, cluster: { server: "https://k/" } });
});

test("a program that is missing is told with the kubeconfig's hint", async (t) => {
  const { put, read } = makeFolder(t);
  put("config", oneUser("exec: {command: weft-no-such-plugin, installHint: Install it.}"));
  const found = await read({ path: "config" });
  assert.ok(found.kind === "read");
  await assert.rejects(found.access.credentials(false), /it is not installed\. Install it\./);
});

test("in a pod the service account's token is read again as the kubelet replaces it", async () => {
  const folder = "/var/run/secrets/kubernetes.io/serviceaccount";
  const files = new Map([
    [`${folder}/ca.crt`, "CA"],
    [`${folder}/token`, "one\n"],
    [`${folder}/namespace`, "weft-system"],
  ]);
  let nowMs = 0;
  const surroundings = {
    files: { read: (path: string) => files.get(path) },
    environment: { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" },
    clock: { nowMs: () => nowMs, wallMs: () => nowMs },
  };
  const found = inClusterAccess(surroundings);
  assert.ok(found.kind === "read");
  assert.equal(found.access.server.host, "[fd00::1]");
  assert.equal(found.access.namespace, "weft-system");
  assert.deepEqual(await found.access.credentials(false), { authorization: "Bearer one" });
  files.set(`${folder}/token`, "two\n");
  assert.deepEqual(await found.access.credentials(false), { authorization: "Bearer one" });
  assert.deepEqual(await found.access.credentials(true), { authorization: "Bearer two" });
  files.set(`${folder}/token`, "three\n");
  nowMs = 61_000;
  assert.deepEqual(await found.access.credentials(false), { authorization: "Bearer three" });
  const outside = inClusterAccess({ ...surroundings, environment: {} });
  assert.equal(outside.kind, "refused");
});

function oneUser(user: string): string {
  return `current-context: x
clusters: [{name: k, cluster: {server: "https://k"}}]
users: [{name: u, user: {${user}}}]
contexts: [{name: x, context: {cluster: k, user: u}}]
`;
}

function twoContexts(): string {
  return `current-context: a
clusters:
- {name: one, cluster: {server: "https://one.example:6443"}}
- name: two
  cluster:
    server: "https://two"
    certificate-authority-data: ${b64("CA")}
    tls-server-name: api.internal
users:
- {name: u, user: {client-certificate-data: ${b64("CERT")}, client-key-data: ${b64("KEY")}}}
contexts:
- {name: a, context: {cluster: one, user: nobody}}
- {name: b, context: {cluster: two, user: u, namespace: shop}}
`;
}

function makeFolder(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "weft-kubeconfig-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const read = (
    { path, context }: { path?: string; context?: string },
    environment: Record<string, string> = {},
  ) =>
    kubeconfigAccess(
      { ...(path && { path: join(folder, path) }), ...(context && { context }) },
      {
        files: systemFiles,
        environment: { PATH: process.env["PATH"], ...environment },
        clock: systemClock,
      },
    );
  return { folder, put, read };
}
