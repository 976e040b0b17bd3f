// What is open between two sidecars while the inbound plan changes: what it does not allow any more
// ends, the rest goes on.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttp, type IncomingMessage, request } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { eventually } from "#local/testing/eventually.ts";
import { freePort, OWN_ADDRESS } from "./support/free-port.ts";
import { listenOn } from "./support/listen-on.ts";
import { type RunningProxy, SECRET, smallMesh } from "./support/small-mesh.ts";

const PORTS = { http: [9000, 9001], tcp: [9007, 9008] } as const;
const GRACE_MS = 1_500;

test("tunnels to a port that is gone end at once, long answers after a while, others never", async (t) => {
  const { caller, undeclare, beat, tcpOpen } = await chattyMesh(t);
  const [leaving, staying] = await Promise.all(caller.settings.tcp.map(({ on }) => greeted(on)));
  const [fading, lasting] = await Promise.all(PORTS.http.map((port) => stream(caller, port)));
  const left = new Promise((resolve) => leaving!.once("close", resolve));
  const faded = once(fading!, "error");
  let isFaded = false;
  faded.then(() => {
    isFaded = true;
  });
  const sinceMs = performance.now();
  undeclare();
  await left;
  assert.equal(isFaded, false);
  await eventually("the application has lost the tunnel, too", () => tcpOpen() === 1);
  await faded;
  assert.ok(performance.now() - sinceMs >= GRACE_MS);
  const more = once(lasting!, "data");
  beat();
  assert.equal(String((await more)[0]), "beat");
  staying!.write("still");
  assert.equal(String((await once(staying!, "data"))[0]), "still");
});

async function chattyMesh(t: TestContext) {
  const answers = new Set<{ write(text: string): void }>();
  const http = createHttp((_, answer) => {
    answers.add(answer);
    answer.on("close", () => answers.delete(answer));
    answer.write("first");
  });
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    socket.write("hello");
    socket.pipe(socket);
  });
  const [httpPort, tcpPort] = await Promise.all([http, tcp].map((server) => listenOn(server)));
  const mesh = await smallMesh({ "mesh.yaml": documents([...PORTS.http, ...PORTS.tcp]) });
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    http.closeAllConnections();
    await mesh.close();
    for (const server of [http, tcp]) server.close();
  });
  const application = [...PORTS.http, ...PORTS.tcp].map((declared) => {
    const isTcp = declared === 9007 || declared === 9008;
    return { declared, address: "127.0.0.1", port: isTcp ? tcpPort! : httpPort! };
  });
  await mesh.proxy("backend", { settings: { application, readiness: { kind: "none" } } });
  const dependencies = PORTS.tcp.map((port) => ({
    key: `backend:${port}`,
    on: { address: OWN_ADDRESS, port: freePort() },
  }));
  return {
    caller: await mesh.proxy("caller", { settings: { tcp: dependencies } }),
    undeclare: () => mesh.write("mesh.yaml", documents([PORTS.http[1], PORTS.tcp[1]])),
    beat: () => {
      for (const answer of answers) answer.write("beat");
    },
    tcpOpen: () => sockets.size,
  };
}

async function greeted(on: { readonly address: string; readonly port: number }): Promise<Socket> {
  const socket = connect({ host: on.address, port: on.port });
  socket.on("error", () => {});
  const [first] = await once(socket, "data");
  assert.equal(String(first), "hello");
  return socket;
}

async function stream(caller: RunningProxy, port: number): Promise<IncomingMessage> {
  const { outbound } = caller.settings;
  const path = `/~${SECRET}/backend:${port}/`;
  const asking = request({ host: outbound.address, port: outbound.port, path, agent: false });
  asking.end();
  // Where the sidecar resets the connection, the request hears of it, too.
  asking.on("error", () => {});
  const [answer] = (await once(asking, "response")) as [IncomingMessage];
  assert.equal(String((await once(answer, "data"))[0]), "first");
  return answer;
}

function documents(ports: readonly number[]): string {
  const protocolOf = (port: number) => (port === 9007 || port === 9008 ? "tcp" : "http");
  const lines = (line: (name: string, port: number) => string) =>
    ports.map((port) => `    - ${line(`${protocolOf(port)}-${port}`, port)}`).join("\n");
  return `
apiVersion: v1
kind: Service
metadata: { name: backend, namespace: shop }
spec:
  selector: { app: backend }
  ports:
${lines((name, port) => `{ name: ${name}, port: ${port}, targetPort: ${port} }`)}
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller, namespace: shop, labels: { app: caller } }
spec: { command: ["true"], serviceAccount: caller }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: backend, namespace: shop, labels: { app: backend } }
spec:
  command: ["true"]
  serviceAccount: backend
  limits: { drainPatienceMs: 100, drainGraceMs: ${GRACE_MS} }
  ports:
${lines((name, port) => `{ name: ${name}, port: ${port}, protocol: ${protocolOf(port)} }`)}
`;
}
