import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { processStart } from "./process-start.ts";
import { eventually } from "./testing/eventually.ts";
import { order, startScriptedMesh } from "./testing/scripted-mesh.ts";

test("a workload starts when its sidecar is ready, and is ready when it answers", async (t) => {
  const mesh = await startScriptedMesh(t, [order("web"), order("jobs", { ports: [] })]);
  await mesh.untilReady(2);
  const web = mesh.status("web");
  const answer = await mesh.askApplication("web");
  assert.equal(answer.PORT, String(web.application?.port));
  assert.equal(answer.WEFT_WORKLOAD, "shop/web");
  assert.match(answer.WEFT_REVIEWS_URL ?? "", /^http:\/\/127\.\d+\.\d+\.\d+:\d+\/~[0-9a-f]{32}\//);
  const sidecar = await mesh.askSidecar("web");
  assert.equal(sidecar.token, "shop/web as web");
});

test("a killed sidecar's callers wait for the next one, and its workload runs on", async (t) => {
  const mesh = await startScriptedMesh(t, [order("web")]);
  await mesh.untilReady(1);
  const before = await mesh.askSidecar("web");
  const application = mesh.pid("shop/web");
  await kill(before.pid);
  const after = await mesh.askSidecar("web");
  assert.notEqual(after.pid, before.pid);
  assert.equal(after.token, "shop/web as web");
  await mesh.untilReady(1);
  assert.equal(mesh.pid("shop/web"), application);
});

test("a workload that dies is started again, and a crash loop is told once", async (t) => {
  const dying = order("web", { command: ["node", "-e", 'console.log("no database"); throw 1'] });
  const mesh = await startScriptedMesh(t, [dying]);
  await eventually("a crash loop", () => mesh.status("web").phase === "failing");
  await wait(300);
  const told = mesh.notes.filter((note) => note.includes("times in a row"));
  assert.equal(told.length, 1);
  assert.match(told[0] ?? "", /shop\/web exited with code 1, 3 times in a row/);
  assert.match(told[0] ?? "", /logs\/shop\.web\.log; its last lines:\n(.|\n)*no database/);
});

test("a missing command is told with its workload and its document", async (t) => {
  const mesh = await startScriptedMesh(t, [order("web", { command: ["weft-no-such-command"] })]);
  await eventually("a note", () => mesh.notes.length > 0);
  assert.match(
    mesh.notes[0] ?? "",
    /^Cannot start shop\/web \(mesh\.yaml:1:1\): no command "weft-no-such-command" is on the PATH/,
  );
});

test("while the control plane is away, a workload and a sidecar still come back", async (t) => {
  const mesh = await startScriptedMesh(t, [order("web")]);
  await mesh.untilReady(1);
  await mesh.askSidecar("web");
  const control = mesh.pid("control plane");
  // Stopped, not killed: it would come back at once.
  process.kill(control, "SIGSTOP");
  const [application, sidecar] = [mesh.pid("shop/web"), mesh.pid("shop/web sidecar")];
  await Promise.all([kill(application), kill(sidecar)]);
  const answer = await mesh.askSidecar("web");
  assert.equal(answer.token, null);
  await mesh.untilReady(1);
  process.kill(control, "SIGCONT");
  assert.notEqual(mesh.pid("shop/web"), application);
});

test("a killed control plane comes back and touches nothing else", async (t) => {
  const mesh = await startScriptedMesh(t, [order("web")]);
  await mesh.untilReady(1);
  const pids = ["control plane", "shop/web", "shop/web sidecar"].map((name) => mesh.pid(name));
  await kill(pids[0]!);
  assert.notEqual(await mesh.askControl(), String(pids[0]));
  await wait(200);
  assert.deepEqual([mesh.pid("shop/web"), mesh.pid("shop/web sidecar")], pids.slice(1));
});

test("a change of a document touches what it is about and nothing else", async (t) => {
  const mesh = await startScriptedMesh(t, [order("web"), order("jobs", { ports: [] })]);
  await mesh.untilReady(2);
  const before = mesh.pids();
  const environment = [["GREETING", "hello"]] as const;
  mesh.declare([order("web", { environment, declaredAt: "other.yaml:9:1" }), order("extra")]);
  await eventually("jobs to go and extra to come", () => {
    const names = mesh.statuses.map(({ name, phase }) => `${name} ${phase}`);
    return names.join() === "extra ready,web ready" && mesh.pid("shop/web") !== before("shop/web");
  });
  assert.equal((await mesh.askApplication("web")).GREETING, "hello");
  assert.equal(mesh.pid("shop/web sidecar"), before("shop/web sidecar"));
  for (const title of ["shop/jobs", "shop/jobs sidecar"]) {
    await eventually(`no process ${title}`, () => processStart(before(title)) === "");
  }
  await eventually("no state of jobs", () => !existsSync(`${mesh.state}/proxies/shop.jobs`));
});

test("a workload that is taken out and put back at once keeps its processes", async (t) => {
  const mesh = await startScriptedMesh(t, [order("web"), order("jobs", { ports: [] })]);
  await mesh.untilReady(2);
  const before = mesh.pids();
  mesh.declare([order("web")]);
  mesh.declare([order("web"), order("jobs", { ports: [] })]);
  // Longer than one that stays out is left running.
  await wait(1_000);
  for (const title of ["shop/jobs", "shop/jobs sidecar"]) {
    assert.equal(mesh.pid(title), before(title), title);
  }
  mesh.declare([order("web")]);
  await eventually("jobs to go", () => processStart(before("shop/jobs sidecar")) === "");
});

test("a dependency over TCP is dialled at the sidecar, on a port that stays", async (t) => {
  const over = (service: string) => ({ namespace: "shop", service, port: 6379, protocol: "tcp" });
  const web = (...services: readonly string[]) =>
    order("web", { dependencies: [...order("web").dependencies, ...services.map(over)] });
  const mesh = await startScriptedMesh(t, [web("redis")]);
  await mesh.untilReady(1);
  const before = await mesh.askApplication("web");
  assert.equal(await hear(before, "WEFT_REDIS"), "redis.shop:6379");
  const application = mesh.pid("shop/web");
  mesh.declare([web("queue", "redis")]);
  await eventually("another sidecar and application", () => {
    const isReady = mesh.statuses.every(({ phase }) => phase === "ready");
    return isReady && mesh.pid("shop/web") !== application;
  });
  const after = await mesh.askApplication("web");
  assert.equal(after["WEFT_REDIS_PORT"], before["WEFT_REDIS_PORT"]);
  assert.equal(await hear(after, "WEFT_REDIS"), "redis.shop:6379");
  assert.equal(await hear(after, "WEFT_QUEUE"), "queue.shop:6379");
});

test("the same documents, saved again or moved within their file, restart nothing", async (t) => {
  const mesh = await startScriptedMesh(t, [order("web")]);
  await mesh.untilReady(1);
  const before = mesh.pids();
  mesh.declare([order("web", { declaredAt: "mesh.yaml:7:1" })]);
  await wait(200);
  assert.equal(mesh.pid("shop/web"), before("shop/web"));
});

test("stopping ends every process, applications before their sidecars", async (t) => {
  const mesh = await startScriptedMesh(t, [order("web"), order("jobs", { ports: [] })]);
  await mesh.untilReady(2);
  const sidecar = mesh.status("web");
  const pids = mesh.allPids();
  assert.equal(pids.length, 5);
  await mesh.stop();
  assert.deepEqual(
    pids.filter((pid) => processStart(pid) !== ""),
    [],
  );
  const { address, port } = sidecar.metrics!;
  await new Promise((resolve) => connect(port, address).on("error", resolve));
});

async function hear(environment: Record<string, string>, name: string): Promise<string> {
  const port = Number(environment[`${name}_PORT`]);
  let heard = "";
  const socket = connect({ port, host: environment[`${name}_HOST`] ?? "" });
  for await (const chunk of socket.setEncoding("utf8")) heard += chunk;
  return heard;
}

// Until then it may still accept a connection, and take it along.
function kill(pid: number): Promise<void> {
  process.kill(pid, "SIGKILL");
  return eventually(`the end of ${pid}`, () => processStart(pid) === "");
}
