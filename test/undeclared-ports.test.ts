import assert from "node:assert/strict";
import { createServer as createHttp } from "node:http";
import {
  connect as connectHttp2,
  createServer as createHttp2,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type TestContext, test } from "node:test";
import type { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { eventually } from "#local/testing/eventually.ts";
import { undeclaredMesh } from "./support/undeclared-mesh.ts";

const GREETING = Buffer.from("4a0000000a382e302e333600", "hex");
const HELLO = Buffer.from("1603010200010001fc0303", "hex");

test("who waits to be greeted is greeted at once, and so is the next", async (t) => {
  const mesh = await undeclaredMesh(t, greeting(GREETING));
  for (const _ of ["first", "next"]) {
    const socket = await mesh.dial();
    assert.deepEqual(await read(socket, GREETING.length), GREETING);
    socket.write("login");
    assert.equal(String(await read(socket, 9)), "got login");
  }
  assert.deepEqual(await mesh.detected(), ["tcp server-first 2"]);
});

test("HTTP/1 is routed per request, and the application sees no other connection twice", async (t) => {
  let connections = 0;
  const http = createHttp((asked, answer) => answer.end(`plain ${asked.url}`));
  http.on("connection", () => connections++);
  const mesh = await undeclaredMesh(t, http);
  // The readiness probe's.
  const before = connections;
  for (const path of ["/a", "/b", "/c"]) {
    const socket = await mesh.dial();
    socket.end(`GET ${path} HTTP/1.1\r\nhost: ignored\r\nconnection: close\r\n\r\n`);
    const text = await readAll(socket);
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(text, new RegExp(`plain ${path}$`));
  }
  // One for the requests, and one that was dialled before anything was known.
  assert.ok(connections - before <= 2, `${connections - before} connections`);
  const detected = await mesh.detected();
  assert.deepEqual(detected, ["http first-bytes 3", "http request 3"]);
});

test("a request to the sidecar itself is HTTP by its form, and teaches that", async (t) => {
  const mesh = await undeclaredMesh(
    t,
    createHttp((_, answer) => answer.end("by form")),
  );
  const answer = await fetch(mesh.caller.url("things:80"));
  assert.equal(await answer.text(), "by form");
  assert.deepEqual(await mesh.detected(), ["http request 1"]);
});

test("gRPC reaches an application that speaks HTTP/2 only and sends SETTINGS first", async (t) => {
  const grpc = createHttp2();
  grpc.on("stream", (stream: ServerHttp2Stream, asked) => {
    stream.respond(
      { ":status": 200, "content-type": "application/grpc" },
      { waitForTrailers: true },
    );
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(`called ${asked[":path"]}`);
  });
  const mesh = await undeclaredMesh(t, grpc);
  const socket = await mesh.dial();
  // The application's SETTINGS have come by now.
  await waiting();
  const call = askOverHttp2(t, socket, "/call", { "content-type": "application/grpc" });
  let status: unknown;
  call.on("trailers", (trailers) => {
    status = trailers["grpc-status"];
  });
  assert.equal(await readAll(call), "called /call");
  assert.equal(status, "0");
  assert.deepEqual(await mesh.detected(), ["http2 first-bytes 1", "http2 request 1"]);
});

test("HTTP/2 reaches an application that speaks only HTTP/1, which is asked once", async (t) => {
  const refused = new Set<Duplex>();
  const http = createHttp((asked, answer) => answer.end(`plain ${asked.url}`));
  http.on("clientError", (_, socket) => {
    refused.add(socket);
    socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  const mesh = await undeclaredMesh(t, http);
  for (const path of ["/a", "/b"]) {
    const call = askOverHttp2(t, await mesh.dial(), path, {});
    assert.equal(await readAll(call), `plain ${path}`);
  }
  assert.equal(refused.size, 1);
});

test("TLS is carried as it is", async (t) => {
  const mesh = await undeclaredMesh(t, echoing());
  const socket = await mesh.dial();
  socket.write(HELLO);
  assert.deepEqual(await read(socket, HELLO.length), HELLO);
  assert.deepEqual(await mesh.detected(), ["tls first-bytes 1"]);
});

test("who speaks first and is no HTTP is carried, and answered only then", async (t) => {
  const mesh = await undeclaredMesh(t, echoing());
  const socket = await mesh.dial();
  socket.write("*1\r\n$4\r\nPING\r\n");
  assert.equal(String(await read(socket, 14)), "*1\r\n$4\r\nPING\r\n");
  assert.deepEqual(await mesh.detected(), ["tcp first-bytes 1"]);
});

test("a request that comes late is a request all the same", async (t) => {
  const mesh = await undeclaredMesh(
    t,
    createHttp((_, answer) => answer.end("late")),
  );
  const socket = await mesh.dial();
  mesh.clock.advance(LIMITS.sniffTimeoutMs - 100);
  socket.end("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  assert.match(await readAll(socket), /late$/);
});

test("half a word passes when the time is over, and the next one doesn't wait", async (t) => {
  const mesh = await undeclaredMesh(t, echoing());
  const first = await mesh.dial();
  first.write("H");
  await waiting();
  assert.equal(first.readableLength, 0);
  mesh.clock.advance(LIMITS.sniffTimeoutMs + 10);
  assert.equal(String(await read(first, 1)), "H");
  const next = await mesh.dial();
  next.write("H");
  assert.equal(String(await read(next, 1)), "H");
  assert.deepEqual(await mesh.detected(), ["tcp first-bytes 1", "tcp silence 1"]);
});

test("a wrong lesson breaks nothing, and is corrected by the next connection", async (t) => {
  let isMail = true;
  const changing = createServer((socket) => {
    socket.on("error", () => {});
    if (isMail) return socket.write("220 mail\r\n");
    socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
    return;
  });
  const mesh = await undeclaredMesh(t, changing);
  assert.equal(String(await read(await mesh.dial(), 10)), "220 mail\r\n");
  isMail = false;
  for (const _ of ["wrong", "corrected"]) {
    const socket = await mesh.dial();
    socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    await eventually("answered", () => socket.readableLength > 0);
    assert.match(String(socket.read()), /200 OK[\s\S]*ok$/);
  }
  isMail = true;
  // Known for HTTP by now: it is dialled when it has been silent for a moment.
  const socket = await mesh.dial();
  await waiting();
  assert.equal(socket.readableLength, 0);
  mesh.clock.advance(LIMITS.sniffQuietMs + 10);
  assert.equal(String(await read(socket, 10)), "220 mail\r\n");
  const detected = await mesh.detected();
  assert.ok(detected.includes("tcp server-first 2"), detected.join());
  assert.ok(detected.includes("http first-bytes 2"), detected.join());
});

test("a lesson is forgotten when nobody has confirmed it for long", async (t) => {
  const mesh = await undeclaredMesh(t, echoing());
  const first = await mesh.dial();
  first.write("\u0003abc");
  await read(first, 4);
  mesh.clock.advance(LIMITS.lessonLifeMs + 1);
  const next = await mesh.dial();
  next.write("H");
  await waiting();
  assert.equal(next.readableLength, 0);
});

test("a silent caller of an application that is gone is told, and one that asks is answered", async (t) => {
  const mesh = await undeclaredMesh(t, resetting());
  const silent = await mesh.dial();
  const gone = new Promise((resolve) => silent.once("close", resolve));
  await turning(mesh.clock, gone);
  const asking = await mesh.dial();
  asking.write("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  await waiting();
  assert.match(await turning(mesh.clock, readAll(asking)), /^HTTP\/1\.1 50[23] /);
});

test("HTTP routes of an undeclared port are for what is HTTP", async (t) => {
  const mesh = await undeclaredMesh(t, echoing(), ROUTE_TO_NOBODY);
  const asking = await mesh.dial();
  asking.end("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  assert.match(await readAll(asking), /^HTTP\/1\.1 500 /);
  const other = await mesh.dial();
  other.write("\u0003bytes");
  assert.equal(String(await read(other, 6)), "\u0003bytes");
});

const ROUTE_TO_NOBODY = `
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: things, namespace: shop }
spec:
  parentRefs: [{ group: "", kind: Service, name: things, port: 80 }]
  rules: [{ backendRefs: [{ name: nobody, port: 80 }] }]
`;

function askOverHttp2(t: TestContext, socket: Socket, path: string, headers: OutgoingHttpHeaders) {
  const session = connectHttp2("http://things", { createConnection: () => socket });
  session.on("error", () => {});
  t.after(() => session.destroy());
  return session.request({ ":path": path, ...headers });
}

function greeting(bytes: Uint8Array) {
  return createServer((socket) => {
    socket.on("error", () => {});
    socket.write(bytes);
    socket.on("data", (said) => socket.write(`got ${said}`));
  });
}

function echoing() {
  return createServer((socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });
}

function resetting() {
  return createServer((socket) => socket.resetAndDestroy());
}

async function read(socket: Socket, bytes: number): Promise<Buffer> {
  await eventually(`${bytes} bytes`, () => socket.readableLength >= bytes);
  return socket.read(bytes);
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

// Until `done`, ten times as fast as the system's clock.
async function turning<Value>(clock: FakeClock, done: Promise<Value>): Promise<Value> {
  const turns = setInterval(() => clock.advance(100), 10);
  try {
    return await done;
  } finally {
    clearInterval(turns);
  }
}

// Long enough for what would come at once.
function waiting(): Promise<unknown> {
  return new Promise((resolve) => setTimeout(resolve, 150));
}
