// What comes for an intercepted application without mutual TLS.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttp } from "node:http";
import { connect as connectHttp2, createServer as createHttp2 } from "node:http2";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { MeshSettings } from "#ir/model.ts";
import { eventually } from "#local/testing/eventually.ts";
import { interceptedMesh } from "./support/intercepted-mesh.ts";
import { listenOn } from "./support/listen-on.ts";
import { bodyOf, echoHeads, headOf, wholeOf } from "./support/read-answers.ts";

// Takes plaintext from nobody.
const STRICT: MeshSettings = { trustDomain: "cluster.local", certificateLifeMs: 3_600_000 };

test("a stranger's request is answered, and nothing that it claims gets through", async (t) => {
  const mesh = await interceptedMesh(t, echoHeads(), { protocol: "http" });
  const socket = mesh.dialIn(mesh.port);
  const claims = "x-forwarded-client-cert: URI=me\r\nl5d-client-id: me\r\nweft-source: shop/me\r\n";
  for (const path of ["/a", "/b"]) {
    socket.write(`GET ${path} HTTP/1.1\r\nhost: things\r\norigin: null\r\n${claims}\r\n`);
    const { url, headers } = JSON.parse(await bodyOf(socket));
    assert.equal(url, path);
    assert.equal(headers.host, "things");
    assert.equal(headers.origin, "null");
    for (const name of ["x-forwarded-client-cert", "l5d-client-id", "weft-source"]) {
      assert.equal(headers[name], undefined);
    }
    assert.match(headers["x-request-id"], /^[0-9a-f-]{36}$/);
  }
  const metrics = await mesh.metrics(mesh.things);
  const counted = /istio_requests_total\{([^}]*reporter="destination"[^}]*)\} 2\n/.exec(metrics);
  assert.match(counted?.[1] ?? "", /source_workload="unknown"/);
  assert.match(counted?.[1] ?? "", /source_principal="unknown"/);
  assert.match(counted?.[1] ?? "", /destination_workload="things"/);
  assert.match(counted?.[1] ?? "", /connection_security_policy="none"/);
});

test("where mutual TLS is required, a stranger is refused and told why", async (t) => {
  const mesh = await interceptedMesh(t, echoHeads(), { protocol: "http", mesh: STRICT });
  const http = mesh.dialIn(mesh.port);
  http.write("GET / HTTP/1.1\r\nhost: things\r\n\r\n");
  assert.match(await headOf(http), /^HTTP\/1.1 403 [\s\S]*weft-cause: peer-unauthenticated\r\n/);
  const bytes = mesh.dialIn(mesh.port);
  bytes.write("no HTTP at all\r\n");
  assert.equal(await wholeOf(bytes), "");
  const [warning] = mesh.warnings;
  assert.equal(warning?.message, "Refused a connection without mutual TLS");
  const metrics = await mesh.metrics(mesh.things);
  const counted = /istio_requests_total\{([^}]*response_code="403"[^}]*)\} 2\n/.exec(metrics);
  assert.match(counted?.[1] ?? "", /connection_security_policy="none"/);
  assert.match(counted?.[1] ?? "", /response_flags="UAEX"/);
  assert.match(counted?.[1] ?? "", /destination_workload="things"/);
});

test("bytes are reset at once where mutual TLS is required", async (t) => {
  let connections = 0;
  const application = createServer(() => connections++);
  const mesh = await interceptedMesh(t, application, { protocol: "tcp", mesh: STRICT });
  const [error] = await once(mesh.dialIn(mesh.port), "error");
  assert.equal(error.code, "ECONNRESET");
  assert.equal(connections, 0);
});

test("a PeerAuthentication opens and closes a running workload", async (t) => {
  const application = createServer((socket) => {
    socket.on("error", () => {}).on("data", (bytes) => socket.write(bytes));
  });
  const mesh = await interceptedMesh(t, application, { protocol: "tcp", mesh: STRICT });
  mesh.mesh.write("peers.yaml", peers("PERMISSIVE"));
  const open = await eventuallyOpen(() => mesh.dialIn(mesh.port));
  mesh.mesh.write("peers.yaml", peers("STRICT"));
  await new Promise((resolve) => open.once("close", resolve));
  assert.equal(await wholeOf(mesh.dialIn(mesh.port)), "");
});

test("a request that is under way when plaintext is refused is finished, the next is not taken", async (t) => {
  const application = createHttp((asked, answer) => {
    asked.resume().on("end", () => answer.end("whole"));
  });
  const mesh = await interceptedMesh(t, application, { protocol: "http" });
  const socket = mesh.dialIn(mesh.port);
  socket.write("POST / HTTP/1.1\r\nhost: things\r\ncontent-length: 2\r\n\r\na");
  await setTimeout(50);
  mesh.mesh.write("peers.yaml", peers("STRICT"));
  await eventually("a refusal", async () => {
    const other = mesh.dialIn(mesh.port);
    other.write("GET / HTTP/1.1\r\nhost: things\r\n\r\n");
    return (await headOf(other)).startsWith("HTTP/1.1 403 ");
  });
  socket.write("b");
  assert.match(await headOf(socket), /^HTTP\/1.1 200 [\s\S]*\r\nconnection: close\r\n/i);
});

test("a port of a strict workload may be open", async (t) => {
  const mesh = await interceptedMesh(t, echoHeads(), { protocol: "http", mesh: STRICT });
  const ports = `  portLevelMtls: { ${mesh.port}: { mode: PERMISSIVE } }\n`;
  mesh.mesh.write("peers.yaml", `${peers("STRICT")}${ports}`);
  await eventually("an answer", async () => {
    const socket = mesh.dialIn(mesh.port);
    socket.write("GET / HTTP/1.1\r\nhost: things\r\n\r\n");
    return (await headOf(socket)).startsWith("HTTP/1.1 200 ");
  });
});

test("a workload that dials itself is no stranger", async (t) => {
  const mesh = await interceptedMesh(t, echoHeads(), { protocol: "http", mesh: STRICT });
  const socket = mesh.dialIn(mesh.port, "itself");
  socket.write("GET /own HTTP/1.1\r\nhost: things\r\n\r\n");
  assert.equal(JSON.parse(await bodyOf(socket)).url, "/own");
});

test("an application speaks HTTP/2 to whoever does, declared or not", async (t) => {
  for (const protocol of ["http", "http2", undefined] as const) {
    const application = createHttp2((asked, answer) => answer.end(`two ${asked.url}`));
    const mesh = await interceptedMesh(t, application, protocol && { protocol });
    const socket = mesh.dialIn(mesh.port);
    const session = connectHttp2("http://things", { createConnection: () => socket });
    const stream = session.request({ ":path": "/x" });
    assert.equal((await once(stream, "response"))[0][":status"], 200);
    assert.equal(String((await once(stream, "data"))[0]), "two /x");
    session.destroy();
  }
});

test("a port that nobody declares is taken, and who speaks first there is heard", async (t) => {
  const undeclared = createServer((socket) => {
    socket.on("error", () => {}).write("220 ready\r\n");
  });
  const port = await listenOn(undeclared);
  t.after(() => undeclared.close());
  const mesh = await interceptedMesh(t, echoHeads(), { protocol: "http" });
  const socket = mesh.dialIn(port);
  assert.equal(String((await once(socket, "data"))[0]), "220 ready\r\n");
});

test("nobody gets to the mesh's own ports, or to one that isn't taken", async (t) => {
  const open = await interceptedMesh(t, echoHeads(), { protocol: "http" });
  for (const port of [15_006, 15_020]) {
    const socket = open.dialIn(port);
    socket.write("GET / HTTP/1.1\r\nhost: things\r\n\r\n");
    assert.equal(await wholeOf(socket), "");
  }
  const closed = await interceptedMesh(t, echoHeads(), { protocol: "http", mesh: STRICT });
  assert.equal(await wholeOf(closed.dialIn(9)), "");
});

test("an upgrade becomes a tunnel, and half of it may end", async (t) => {
  const application = echoHeads();
  application.on("upgrade", (_, socket) => {
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: chat\r\n\r\n",
    );
    socket.on("data", (bytes) => socket.write(`got ${bytes}`));
    socket.on("end", () => socket.end());
  });
  const mesh = await interceptedMesh(t, application, { protocol: "http" });
  const socket = mesh.dialIn(mesh.port);
  const asked =
    "GET /chat HTTP/1.1\r\nhost: things\r\nconnection: upgrade\r\nupgrade: chat\r\n\r\n";
  socket.write(asked);
  assert.match(await headOf(socket), /^HTTP\/1.1 101 /);
  socket.write("hello");
  assert.equal(String((await once(socket, "data"))[0]), "got hello");
  socket.end();
  assert.equal(await wholeOf(socket), "");
});

function peers(mode: string): string {
  return `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: things, namespace: shop }
spec:
  selector: { matchLabels: { app: things } }
  mtls: { mode: ${mode} }
`;
}

// A connection that is answered.
async function eventuallyOpen(dial: () => Socket): Promise<Socket> {
  for (;;) {
    const socket = dial();
    socket.write("ping");
    const isOpen = new Promise<boolean>((resolve) => {
      socket.once("data", () => resolve(true)).once("close", () => resolve(false));
    });
    if (await isOpen) return socket;
  }
}
