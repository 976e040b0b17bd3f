// Limits that documents set, in a mesh of one process.

import assert from "node:assert/strict";
import { Agent, get, type IncomingMessage } from "node:http";
import { type TestContext, test } from "node:test";
import { eventually } from "#local/testing/eventually.ts";
import { Http2Callers } from "./support/http2-callers.ts";
import { application, type RunningProxy, type SmallMesh, smallMesh } from "./support/small-mesh.ts";

const LARGE = "x".repeat(12_000);
const SMALLER = { headBytesMax: "8Ki", requestTargetBytesMax: "4Ki" };

test("a smaller limit refuses on new connections, and leaves open ones alone", async (t) => {
  const { mesh, caller } = await start(t);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const [first, port] = await ask(caller, LARGE, agent);
  assert.equal(first, 200);
  mesh.write("mesh-config.yaml", meshConfig(SMALLER));
  await eventually("the limit bites", async () => (await ask(caller, LARGE))[0] === 431);
  assert.deepEqual(await ask(caller, LARGE, agent), [200, port]);
  assert.equal((await ask(caller, "small"))[0], 200);
});

test("a connection that has lived its time is told to go, and loses nothing", async (t) => {
  const { caller } = await start(t, { downstreamLifeMs: "1s" });
  const url = `${caller.url("echo:80")}/`;
  const http2 = Http2Callers.start(t, { url, callers: 2 });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const ports = new Set<number | undefined>();
  await eventually(
    "two connections have had their time, of either kind",
    async () => {
      const [status, port] = await ask(caller, "small", agent);
      assert.equal(status, 200);
      ports.add(port);
      return ports.size > 2 && http2.sessions > 2;
    },
    10_000,
  );
  await http2.stop();
  assert.deepEqual(http2.failures, []);
});

test("limits that contradict each other leave the last good ones in force", async (t) => {
  const { mesh, caller } = await start(t, SMALLER);
  assert.equal((await ask(caller, LARGE))[0], 431);
  mesh.write("mesh-config.yaml", meshConfig({ headBytesMax: "90Ki" }));
  await eventually("the mistake is reported", () =>
    mesh.control.diagnostics.some(({ message }) => message.includes("contradict each other")),
  );
  assert.equal((await ask(caller, LARGE))[0], 431);
  mesh.write("mesh-config.yaml", meshConfig({}));
  await eventually("the default is back", async () => (await ask(caller, LARGE))[0] === 200);
});

test("a workload's own limits win over the mesh's, and are nobody else's", async (t) => {
  const { mesh, caller } = await start(t, SMALLER);
  const other = await mesh.proxy("other");
  mesh.write("caller.yaml", workload("caller", { headBytesMax: "32Ki" }));
  await eventually("the own limit holds", async () => (await ask(caller, LARGE))[0] === 200);
  assert.equal((await ask(other, LARGE))[0], 431);
});

async function start(t: TestContext, limits: object = {}) {
  const echo = await application((_, response) => response.end("here"));
  const mesh: SmallMesh = await smallMesh({
    "mesh-config.yaml": meshConfig(limits),
    "caller.yaml": workload("caller", {}),
    "others.yaml": `${workload("other", {})}---
${workload("echo", {})}  ports: [{ name: http, port: 9000, protocol: http }]
---
apiVersion: v1
kind: Service
metadata: { name: echo, namespace: shop }
spec: { selector: { app: echo }, ports: [{ name: http, port: 80, targetPort: 9000 }] }
`,
  });
  t.after(async () => {
    await mesh.close();
    echo.close();
  });
  await mesh.proxy("echo", { application: { declared: 9000, port: echo.port } });
  return { mesh, caller: await mesh.proxy("caller") };
}

function meshConfig(limits: object): string {
  return `apiVersion: weft.dev/v1alpha1
kind: MeshConfig
metadata: { name: mesh }
spec: { limits: ${JSON.stringify(limits)} }
`;
}

function workload(name: string, limits: object): string {
  return `apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: ${name}, namespace: shop, labels: { app: ${name} } }
spec:
  command: ["true"]
  serviceAccount: ${name}
  limits: ${JSON.stringify(limits)}
`;
}

// The status, and the port that it was asked from. Without an agent on a connection of its own.
function ask(
  caller: RunningProxy,
  header: string,
  agent: Agent | false = false,
): Promise<readonly [status: number | undefined, port: number | undefined]> {
  return new Promise((resolve, reject) => {
    const options = { agent, headers: { "x-padding": header } };
    const request = get(`${caller.url("echo:80")}/`, options, (answer: IncomingMessage) => {
      const port = answer.socket.localPort;
      answer.resume().on("end", () => resolve([answer.statusCode, port]));
    });
    request.on("error", reject);
  });
}
