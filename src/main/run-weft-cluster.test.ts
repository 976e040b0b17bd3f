// The command line against a cluster: an API server of tests, whose pods' ports lead to a real
// admin API.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { type WebSocket, WebSocketServer } from "ws";
import { systemFiles } from "#base/file-system.ts";
import type { AdminBackend } from "#control/admin/admin-backend.ts";
import { startAdmin } from "#control/admin/admin-fixture.ts";
import { ApiServerFixture } from "#kubernetes/api-server-fixture.ts";
import { runWeft } from "./run-weft.ts";

const PODS = "/api/v1/namespaces/weft-system/pods";
const SECRETS = "/api/v1/namespaces/weft-system/secrets";
const PROTOCOL = "v4.channel.k8s.io";
const LABELS = { "app.kubernetes.io/name": "weft", "app.kubernetes.io/component": "control" };

test("a command asks a ready pod of the control plane, with its token", async (t) => {
  const weft = await start(t);
  const { code, out, error } = await weft("version", "-o", "json");
  assert.equal(error, "");
  assert.equal(code, 0);
  assert.equal(typeof JSON.parse(out).controlPlane, "string");
  assert.deepEqual(weft.forwarded, ["weft-control-ready 15014"]);
});

test("who only reads shows the token that can't change anything", async (t) => {
  const weft = await start(t, {}, { onlyRead: true });
  assert.equal((await weft("stat")).code, 0);
  assert.equal((await weft("explain", "--to", "a:80")).code, 1, "there is no such service");
  const { code, error } = await weft("dashboard");
  assert.equal(code, 3);
  assert.match(error, /without a valid token/);
});

test("--context and --kubeconfig go before any mesh on this machine", async (t) => {
  const weft = await start(t);
  systemFiles.makeFolder(join(weft.folder, ".weft"), 0o700);
  const local = { pid: process.pid, adminUrl: "http://127.0.0.1:1" };
  writeFileSync(join(weft.folder, ".weft", "mesh.json"), JSON.stringify(local));
  writeFileSync(join(weft.folder, ".weft", "admin-token"), "x".repeat(40));
  assert.equal((await weft("stat")).code, 3);
  assert.equal((await weft("stat", "--context", "there")).code, 0);
  assert.equal((await weft("stat", "--kubeconfig", weft.kubeconfig)).code, 0);
  const missing = await weft("stat", "--context", "nowhere");
  assert.equal(missing.code, 3);
  assert.match(missing.error, /nowhere/);
  assert.equal((await weft("stat", "--context", "there", "--mesh", ".")).code, 2);
});

test("what is missing in a cluster is told, with what would be right", async (t) => {
  const weft = await start(t);
  weft.server.remove(`${PODS}/weft-control-ready`);
  const unready = await weft("stat");
  assert.equal(unready.code, 3);
  assert.match(unready.error, /ready pod of weft-system\/weft-control in context there: none of 1/);
  weft.server.remove(`${PODS}/weft-control-starting`);
  assert.match((await weft("stat")).error, /there are none\n.*weft install/);
  weft.server.put(PODS, controlPod("weft-control-ready", "True"));
  weft.server.remove(`${SECRETS}/weft-admin`);
  assert.match((await weft("stat")).error, /Cannot read the Secret weft-system\/weft-admin/);
});

test("one of several replicas knows a part of the requests, and that is told", async (t) => {
  const weft = await start(t);
  assert.equal((await weft("stat", "--context", "there")).error, "No workload in the mesh\n");
  weft.server.put(PODS, controlPod("weft-control-second", "True"));
  const { error, code } = await weft("stat");
  assert.equal(code, 0);
  assert.match(error, /Asked weft-system\/weft-control-\w+ in context there, one of 2 replicas/);
  assert.equal((await weft("version")).error, "");
});

test("a pod that goes away meanwhile is a mesh out of reach", async (t) => {
  const weft = await start(t);
  weft.server.upgrade = (_, stream) => stream.end("HTTP/1.1 404 Not Found\r\n\r\n");
  const { code, error } = await weft("stat");
  assert.equal(code, 3);
  assert.match(error, /Cannot reach the mesh at weft-system\/weft-control-ready in context there/);
});

test("the dashboard's link works through a forwarded port", async (t) => {
  const { kubeconfig } = await start(t);
  const environment = { ...process.env, KUBECONFIG: kubeconfig };
  const child = spawn(process.execPath, ["src/main/weft.ts", "dashboard", "--context", "there"], {
    env: environment,
  });
  t.after(() => child.kill());
  const [line] = await once(child.stdout, "data");
  const link = new URL(String(line).trim());
  assert.equal(link.hostname, "127.0.0.1");
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const asking = request(link, { agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asking.on("error", reject);
    asking.end();
  });
  assert.ok(status === 302 || status === 303 || status === 200, String(status));
});

async function start(
  t: TestContext,
  backend: Partial<AdminBackend> = {},
  { onlyRead = false } = {},
) {
  const admin = await startAdmin(t, backend, { isForwarded: true });
  const server = await new ApiServerFixture().listen();
  server.put(PODS, controlPod("weft-control-starting", "False"));
  server.put(PODS, controlPod("weft-control-ready", "True"));
  server.put(SECRETS, {
    metadata: { name: "weft-admin" },
    data: { write: encoded(onlyRead ? "x".repeat(40) : admin.write), read: encoded(admin.read) },
  });
  const forwarded: string[] = [];
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => PROTOCOL });
  server.upgrade = (asked, stream, head) => {
    const { pathname, searchParams } = new URL(asked.url ?? "", "http://api");
    forwarded.push(`${pathname.split("/").at(-2)} ${searchParams.get("ports")}`);
    sockets.handleUpgrade(asked, stream, head, (socket) => forward(socket, admin.port));
  };
  t.after(async () => {
    sockets.close();
    await server.close();
  });
  const kubeconfig = join(admin.folder, "kubeconfig");
  writeFileSync(kubeconfig, kubeconfigOf(server.port));
  const weft = async (...args: readonly string[]) => {
    let [out, error] = ["", ""];
    let code: number | undefined;
    await runWeft(args, {
      files: systemFiles,
      workingFolder: admin.folder,
      environment: { KUBECONFIG: kubeconfig },
      isTerminal: false,
      input: async () => "",
      version: "0.1.0",
      out(text) {
        out += text;
      },
      error(text) {
        error += text;
      },
      exit(given) {
        code = given;
      },
    });
    await wait(0);
    return { out, error, code };
  };
  return Object.assign(weft, { server, forwarded, folder: admin.folder, kubeconfig });
}

// As a kubelet does it: the port's number first, on both channels.
function forward(socket: WebSocket, port: number): void {
  for (const channel of [0, 1]) socket.send(Buffer.of(channel, port & 0xff, port >> 8));
  const to = connect(port, "127.0.0.1");
  to.on("data", (bytes: Buffer) => socket.send(Buffer.concat([Buffer.of(0), bytes])));
  to.on("close", () => socket.close(1000));
  to.on("error", () => {});
  socket.on("message", (message: Buffer) => void to.write(message.subarray(1)));
  socket.on("close", () => to.destroy());
}

function controlPod(name: string, ready: "True" | "False") {
  const conditions = [{ type: "Ready", status: ready }];
  return { metadata: { name, labels: LABELS }, status: { conditions } };
}

function kubeconfigOf(port: number): string {
  const cluster = { server: `http://127.0.0.1:${port}` };
  return JSON.stringify({
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user: { token: "secret" } }],
    contexts: [{ name: "there", context: { cluster: "c", user: "u" } }],
    "current-context": "there",
  });
}

function encoded(text: string): string {
  return Buffer.from(text).toString("base64");
}
