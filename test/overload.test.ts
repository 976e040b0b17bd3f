// What a proxy gives up, step by step, when it runs short of something, and that it recovers. The
// figures are the test's, all else is real.

import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { after, afterEach, before, test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { eventually } from "#local/testing/eventually.ts";
import { FakeSampler } from "#proxy/overload/fake-sampler.ts";
import { Requester } from "./support/requester.ts";
import { application, type RunningProxy, type SmallMesh, smallMesh } from "./support/small-mesh.ts";

const CONNECTIONS_MAX = 20;
const DESCRIPTORS_MAX = CONNECTIONS_MAX + LIMITS.descriptorsReserved;

const samplers = {
  caller: new FakeSampler(DESCRIPTORS_MAX),
  first: new FakeSampler(),
};
let mesh: SmallMesh;
let caller: RunningProxy;
let first: RunningProxy;
let url = "";
const closings: (() => void)[] = [];
const seen = { first: 0, second: 0 };

before(async () => {
  mesh = await smallMesh({ "mesh.yaml": documents() });
  caller = await mesh.proxy("caller", { sampler: samplers.caller });
  first = await replica("first", samplers.first);
  await replica("second", new FakeSampler());
  url = `${caller.url("echo:80")}/`;
  await eventually("both replicas are asked", async () => {
    await fetch(url);
    return seen.first > 0 && seen.second > 0;
  });
});

after(async () => {
  await mesh.close();
  for (const close of closings) close();
});

afterEach(async () => {
  for (const sampler of Object.values(samplers)) sampler.use({ heapBytes: 0 });
  await eventually("the caller is calm", async () => (await levelOf(caller)) === 0);
  await eventually("the callee is calm", async () => (await levelOf(first)) === 0);
});

test("at 85 % connections that stay idle are closed, and those in use are not", async (t) => {
  const requester = requesterFor(t);
  const idle = await dial(t, caller.settings.outbound);
  let wasClosed = false;
  idle.on("close", () => {
    wasClosed = true;
  });
  const path = new URL(url).pathname;
  idle.write(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
  await under(caller, samplers.caller, 86, 1);
  let asked = 0;
  await eventually(
    "the idle one is closed",
    async () => {
      assert.notEqual((await requester.ask(url)).headers.connection, "close");
      asked++;
      return wasClosed;
    },
    LIMITS.overloadIdleMs * 2.5,
  );
  assert.ok(asked > 10);
});

test("at 92 % no connection is kept, and no request is lost by it", async (t) => {
  const requester = requesterFor(t);
  await requester.ask(url);
  await under(caller, samplers.caller, 93, 2);
  await eventually("an answer ends its connection", async () => {
    const { status, headers } = await requester.ask(url);
    assert.equal(status, 200);
    return headers.connection === "close";
  });
  assert.ok((await shed(caller, "used-connection")) > 0);
});

test("at 95 % requests are refused with their cause, and taken again afterwards", async () => {
  await under(caller, samplers.caller, 96, 3);
  const refused = await fetch(url);
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get("weft-cause"), "overloaded");
  samplers.caller.use({ heapBytes: 10 });
  await eventually("it answers again", async () => (await fetch(url)).status === 200);
});

test("what one replica's proxy refuses, another one is asked, without the caller's notice", async () => {
  await under(first, samplers.first, 96, 3);
  seen.second = 0;
  const { first: before } = seen;
  for (let i = 0; i < 40; i++) {
    const answer = await fetch(url, { method: "POST", body: i % 2 === 0 ? null : "some" });
    assert.equal(answer.status, 200);
  }
  assert.deepEqual([seen.first, seen.second], [before, 40]);
});

test("at 98 % connections are closed when they come, and health is told still", async (t) => {
  await under(caller, samplers.caller, 99, 4);
  const socket = await dial(t, caller.settings.outbound);
  await eventually("it is closed", () => socket.closed);
  assert.equal((await page(caller, "health", "/live")).status, 200);
  assert.ok((await shed(caller, "new-connection")) >= 1);
});

test("at 98 % a peer is closed before its handshake", async (t) => {
  await under(first, samplers.first, 99, 4);
  const socket = await dial(t, first.settings.mesh);
  await eventually("it is closed", () => socket.closed, 1_000);
  assert.equal((await fetch(url)).status, 200, "the other replica is there");
});

test("connections that come take their share of the descriptors, and the next is closed", async (t) => {
  await fetch(url);
  const sockets: Socket[] = [];
  for (let i = 0; i <= CONNECTIONS_MAX; i++) sockets.push(await dial(t, caller.settings.outbound));
  await eventually("one is closed", () => sockets.some(({ closed }) => closed));
  assert.ok(sockets.filter(({ closed }) => !closed).length <= CONNECTIONS_MAX);
  for (const socket of sockets) socket.destroy();
  await eventually("there is room again", async () => {
    return fetch(url).then(
      ({ status }) => status === 200,
      () => false,
    );
  });
});

async function under(proxy: RunningProxy, sampler: FakeSampler, percent: number, level: number) {
  sampler.use({ heapBytes: percent });
  await eventually(`level ${level}`, async () => (await levelOf(proxy)) === level);
}

async function replica(name: "first" | "second", sampler: FakeSampler): Promise<RunningProxy> {
  const { port, close } = await application((request, answer) => {
    seen[name]++;
    request.resume().on("end", () => answer.end(name));
  });
  closings.push(close);
  return mesh.proxy(name, { sampler, application: { declared: 9000, port } });
}

function levelOf(proxy: RunningProxy): Promise<number> {
  return metric(proxy, /^weft_overload_level (\d)$/m);
}

function shed(proxy: RunningProxy, what: string): Promise<number> {
  return metric(proxy, new RegExp(`^weft_overload_shed_total\\{what="${what}"\\} (\\d+)$`, "m"));
}

async function metric(proxy: RunningProxy, pattern: RegExp): Promise<number> {
  const text = await (await page(proxy, "metrics", "/metrics")).text();
  return Number(pattern.exec(text)?.[1]);
}

function page({ settings }: RunningProxy, which: "health" | "metrics", path: string) {
  const { address, port } = settings[which];
  return fetch(`http://${address}:${port}${path}`);
}

async function dial(
  t: { after(run: () => void): void },
  { address, port }: { readonly address: string; readonly port: number },
): Promise<Socket> {
  const socket = connect(port, address);
  t.after(() => socket.destroy());
  socket.on("error", () => {});
  socket.resume();
  await new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
  return socket;
}

function requesterFor(t: { after(run: () => void): void }): Requester {
  const requester = new Requester(1);
  t.after(() => requester.close());
  return requester;
}

function documents(): string {
  const workload = (name: string, rest: string) => `
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: ${name}, namespace: shop, labels: { app: ${rest === "" ? name : "echo"} } }
spec: { command: ["true"], serviceAccount: ${name} ${rest} }`;
  const ports = ", ports: [{ name: http, port: 9000, protocol: http }]";
  return `
apiVersion: v1
kind: Service
metadata: { name: echo, namespace: shop }
spec:
  selector: { app: echo }
  ports: [{ name: http, port: 80, targetPort: 9000 }]
${workload("caller", "")}${workload("first", ports)}${workload("second", ports)}
`;
}
