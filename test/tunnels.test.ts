import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer as createHttp, request } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { test } from "node:test";
import { connectThrough } from "./support/connect-through.ts";
import { freePort, OWN_ADDRESS } from "./support/free-port.ts";
import { listenOn } from "./support/listen-on.ts";
import { type RunningProxy, SECRET, type SmallMesh, smallMesh } from "./support/small-mesh.ts";

const LOOPBACK = "127.0.0.1";
const DOCUMENTS = {
  "mesh.yaml": `
apiVersion: v1
kind: Service
metadata: { name: chat, namespace: shop }
spec:
  selector: { app: backend }
  ports:
    - { name: http, port: 80, targetPort: 9000 }
    - { name: tcp-echo, port: 7, targetPort: 9007 }
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
  ports:
    - { name: http, port: 9000, protocol: http }
    - { name: tcp-echo, port: 9007, protocol: tcp }
`,
};

test("an upgrade crosses the mesh, and its bytes flow both ways until each side ends", async (t) => {
  const { caller } = await chatMesh(t);
  const { address, port } = caller.settings.outbound;
  const asking = request({
    host: address,
    port,
    path: `/~${SECRET}/chat:80/room?x=1`,
    headers: {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      "sec-websocket-version": "13",
    },
  });
  const socket = await new Promise<Socket>((resolve, reject) => {
    asking.on("upgrade", (answer, upgraded, first) => {
      upgraded.unshift(first);
      assert.equal(answer.headers["sec-websocket-accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      assert.equal(answer.headers["upgrade"], "websocket");
      resolve(upgraded as Socket);
    });
    asking.on("response", (answer) => reject(new Error(`answered ${answer.statusCode}`)));
    asking.on("error", reject);
    asking.end();
  });
  const sent = Buffer.alloc(400_000, "weft");
  socket.write(sent);
  const back = await collect(socket, "greetings from /room?x=1 ".length + sent.length);
  assert.equal(back.subarray(0, 25).toString(), "greetings from /room?x=1 ");
  assert.deepEqual(back.subarray(25), sent);
  const ended = new Promise((resolve) => socket.once("end", resolve));
  socket.resume();
  socket.end();
  await ended;
});

test("an upgrade that the application declines is an ordinary answer", async (t) => {
  const { caller } = await chatMesh(t);
  const { address, port } = caller.settings.outbound;
  const status = await new Promise((resolve, reject) => {
    const headers = { connection: "Upgrade", upgrade: "other" };
    const asking = request({ host: address, port, path: `/~${SECRET}/chat:80/`, headers });
    asking.on("response", (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asking.on("upgrade", () => reject(new Error("upgraded")));
    asking.on("error", reject);
    asking.end();
  });
  assert.equal(status, 426);
});

test("an upgrade keeps its method on the way", async (t) => {
  const { caller } = await chatMesh(t);
  const { address, port } = caller.settings.outbound;
  const socket = connect({ host: address, port });
  const asks = "host: x\r\nconnection: upgrade\r\nupgrade: tcp\r\ncontent-length: 0\r\n\r\n";
  socket.write(`POST /~${SECRET}/chat:80/attach HTTP/1.1\r\nweft-method: PUT\r\n${asks}`);
  socket.end("typed");
  const text = (await collect(socket, Number.POSITIVE_INFINITY)).toString();
  assert.match(text, /^HTTP\/1\.1 101 /);
  assert.match(text, /\r\n\r\nattached by POST typed$/);
});

test("requests inside a CONNECT tunnel are routed like any other", async (t) => {
  const { caller } = await chatMesh(t);
  const socket = await connectThrough(caller, "chat:80", SECRET);
  socket.write("GET /inside HTTP/1.1\r\nhost: ignored\r\nconnection: close\r\n\r\n");
  const text = (await collect(socket, Number.POSITIVE_INFINITY)).toString();
  assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(text, /plain \/inside by spiffe:\/\/mesh\.local\/ns\/shop\/sa\/caller$/);
});

test("a CONNECT without the workload's secret opens nothing", async (t) => {
  const { caller } = await chatMesh(t);
  await assert.rejects(connectThrough(caller, "chat:80", "wrong"), /403/);
});

test("a tunnel whose reader has stopped holds up its writer, in the upgraded direction too", async (t) => {
  const { caller, stalled } = await chatMesh(t);
  const { address, port } = caller.settings.outbound;
  const headers = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-key": "x" };
  const asking = request({ host: address, port, path: `/~${SECRET}/chat:80/stall`, headers });
  const socket = await new Promise<Socket>((resolve) => {
    asking.on("upgrade", (_, upgraded) => resolve(upgraded as Socket));
    asking.end();
  });
  socket.on("error", () => {});
  let sent = 0;
  const chunk = Buffer.alloc(64 * 1024);
  // All buffers on the way, the kernels' included, are far smaller than this.
  while (sent < 64 * 1024 * 1024 && socket.writableLength < 8 * chunk.length) {
    socket.write(chunk);
    sent += chunk.length;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.ok(sent < 64 * 1024 * 1024, `${sent} bytes were taken from a writer whose reader sleeps`);
  socket.destroy();
  for (const sleeping of stalled) sleeping.destroy();
});

test("a TCP dependency carries bytes both ways, and either side may end first", async (t) => {
  const { caller } = await chatMesh(t);
  const [{ on } = assert.fail()] = caller.settings.tcp;
  const socket = connect({ host: on.address, port: on.port, allowHalfOpen: true });
  const sent = Buffer.alloc(1_000_000, "tcp");
  socket.end(sent);
  const back = await collect(socket, Number.POSITIVE_INFINITY);
  assert.equal(back.subarray(0, 6).toString(), "hello ");
  assert.deepEqual(back.subarray(6), sent);
});

async function chatMesh(t: {
  after(run: () => Promise<void>): void;
}): Promise<{ mesh: SmallMesh; caller: RunningProxy; stalled: Duplex[] }> {
  const stalled: Duplex[] = [];
  const http = createHttp((asked, answer) => {
    const by = /URI=(.*)$/.exec(String(asked.headers["x-forwarded-client-cert"]))?.[1];
    answer.end(`plain ${asked.url} by ${by}`);
  });
  http.on("upgrade", (asked, socket) => {
    if (asked.headers.upgrade === "tcp") {
      socket.write("HTTP/1.1 101 Ok\r\nconnection: upgrade\r\nupgrade: tcp\r\n\r\n");
      socket.write(`attached by ${asked.method} `);
      socket.pipe(socket);
      return;
    }
    if (asked.headers.upgrade !== "websocket") {
      socket.end("HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\n\r\n");
      return;
    }
    socket.write(switching(String(asked.headers["sec-websocket-key"])));
    if (asked.url === "/stall") return void stalled.push(socket.pause());
    socket.write(`greetings from ${asked.url} `);
    socket.pipe(socket);
  });
  // It speaks first, as MySQL and SMTP do.
  const echo = createServer({ allowHalfOpen: true }, (socket) => {
    socket.write("hello ");
    socket.pipe(socket);
    socket.on("error", () => {});
  });
  const mesh = await smallMesh(DOCUMENTS);
  t.after(async () => {
    await mesh.close();
    for (const server of [http, echo]) server.close();
    http.closeAllConnections();
  });
  const ports = await Promise.all([http, echo].map((server) => listenOn(server)));
  const on = { address: OWN_ADDRESS, port: freePort() };
  const application = [9000, 9007].map((declared, i) => ({
    declared,
    address: LOOPBACK,
    port: ports[i]!,
  }));
  await mesh.proxy("backend", { settings: { application, readiness: { kind: "none" } } });
  const caller = await mesh.proxy("caller", { settings: { tcp: [{ key: "chat:7", on }] } });
  return { mesh, caller, stalled };
}

function switching(key: string): string {
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  return (
    "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n" +
    `sec-websocket-accept: ${accept.digest("base64")}\r\n\r\n`
  );
}

// Until so many bytes have come, or the end.
function collect(socket: Socket, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= length) resolve(Buffer.concat(chunks));
    });
    socket.on("end", () => resolve(Buffer.concat(chunks)));
    socket.on("error", reject);
  });
}
