// Sidecars with little of what they need are given much more work than they can do. They live on.

import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { eventually } from "#local/testing/eventually.ts";
import { echoService, echoWorkload } from "./support/echo-documents.ts";
import { ProxyProcess } from "./support/proxy-process.ts";
import { application, type SmallMesh, smallMesh } from "./support/small-mesh.ts";

const LEVEL = /^weft_overload_level (\d)$/m;

let mesh: SmallMesh;
let echo: Awaited<ReturnType<typeof application>>;

before(async () => {
  mesh = await smallMesh({
    "mesh.yaml":
      echoWorkload({ name: "few", isServed: false }) +
      echoWorkload({ name: "small", isServed: false }) +
      echoWorkload({ name: "echo" }).replace('"name": "http"', '"name": "http", "port": 9000') +
      echoService("echo"),
  });
  // What is asked for at /never is never answered.
  echo = await application((request, answer) => {
    request.resume();
    if (request.url !== "/never") answer.end("answered");
  });
  await mesh.proxy("echo", { application: { declared: 9000, port: echo.port } });
});

after(async () => {
  await mesh.close();
  echo.close();
});

test("a flood of connections takes a share of the descriptors, and what is open goes on", async (t) => {
  const proxy = await proxyFor(t, "few", { descriptorsMax: 128 });
  await eventually("it answers", async () => (await fetch(`${proxy.url("echo:80")}/`)).ok);
  const first = await dial(proxy);
  const flood = await Promise.all(Array.from({ length: 400 }, () => dial(proxy)));
  t.after(() => destroyAll(flood));
  await eventually("most are closed", () => flood.filter(({ closed }) => closed).length >= 330);
  assert.match(await ask(first, proxy, "/"), /^HTTP\/1\.1 200 /);
  const turnedAway = await proxy.metric(
    /^weft_overload_shed_total\{what="new-connection"\} (\d+)/m,
  );
  assert.ok(turnedAway >= 330, `${turnedAway}`);
  destroyAll(flood);
  await untilItAnswers(proxy);
  first.destroy();
});

test("requests that fill the heap are refused before it is full, and served afterwards", async (t) => {
  const flags = ["--max-old-space-size=48", "--max-semi-space-size=2"];
  const proxy = await proxyFor(t, "small", { flags });
  await eventually("it answers", async () => (await fetch(`${proxy.url("echo:80")}/`)).ok);
  const flood: Socket[] = [];
  t.after(() => destroyAll(flood));
  let highest = 0;
  let refused = 0;
  const padding = "p".repeat(28_000);
  // Up to three times as much as there is.
  const hasShed = () => highest >= 3 && refused + closedOf(flood) > 0;
  for (let i = 0; i < 150 && proxy.isRunning && !hasShed(); i++) {
    for (let j = 0; j < 32; j++) {
      const socket = connect(proxy.settings.outbound.port, proxy.settings.outbound.address);
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        if (bytes.includes("weft-cause: overloaded")) refused++;
      });
      socket.write(requestText(proxy, "/never", `x-padding: ${padding}${flood.length}\r\n`));
      flood.push(socket);
    }
    await wait(50);
    if (i % 4 === 0) highest = Math.max(highest, await proxy.metric(LEVEL).catch(() => 0));
  }
  const closed = closedOf(flood);
  t.diagnostic(`${flood.length} requests, ${refused} refused, ${closed} closed, level ${highest}`);
  assert.ok(proxy.isRunning, proxy.output.slice(-2_000));
  assert.ok(highest >= 3, `level ${highest}`);
  assert.ok(refused + closed > 0);
  assert.match(proxy.output, /"message":"Overloaded: shedding load".*"resource":"heap"/);
  destroyAll(flood);
  await untilItAnswers(proxy);
});

async function untilItAnswers(proxy: ProxyProcess): Promise<void> {
  await eventually(
    "it answers again",
    () =>
      fetch(`${proxy.url("echo:80")}/`).then(
        ({ ok }) => ok,
        () => false,
      ),
    15_000,
  );
  await eventually("it is calm", async () => (await proxy.metric(LEVEL)) === 0, 15_000);
  assert.ok(proxy.isRunning);
}

async function proxyFor(
  t: { after(run: () => void): void },
  name: string,
  means: Parameters<typeof ProxyProcess.start>[2],
): Promise<ProxyProcess> {
  const proxy = await ProxyProcess.start(mesh, name, means);
  t.after(() => proxy.kill());
  return proxy;
}

async function dial({ settings }: ProxyProcess): Promise<Socket> {
  const socket = connect(settings.outbound.port, settings.outbound.address);
  socket.on("error", () => {});
  socket.resume();
  await new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
  return socket;
}

async function ask(socket: Socket, proxy: ProxyProcess, path: string): Promise<string> {
  let heard = "";
  socket.on("data", (bytes) => {
    heard += bytes.toString("latin1");
  });
  socket.write(requestText(proxy, path, ""));
  await eventually("an answer comes", () => heard !== "");
  return heard;
}

function destroyAll(sockets: readonly Socket[]): void {
  for (const socket of sockets) socket.destroy();
}

function requestText(proxy: ProxyProcess, path: string, headers: string): string {
  const { pathname } = new URL(proxy.url("echo:80"));
  return `GET ${pathname}${path} HTTP/1.1\r\nhost: echo\r\n${headers}\r\n`;
}

function closedOf(sockets: readonly Socket[]): number {
  return sockets.filter((socket) => socket.closed).length;
}
