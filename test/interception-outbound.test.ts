// What an intercepted application dials goes where its address means, whatever it speaks.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttp } from "node:http";
import {
  connect as connectHttp2,
  createServer as createHttp2,
  type ServerHttp2Stream,
} from "node:http2";
import { createServer } from "node:net";
import { Duplex } from "node:stream";
import { test } from "node:test";
import { connect as connectTls } from "node:tls";
import { CLUSTER_MESH_SETTINGS } from "#ir/default-mesh-settings.ts";
import type { MeshSettings } from "#ir/model.ts";
import { interceptedMesh, OUTSIDE_ADDRESS, SERVICE } from "./support/intercepted-mesh.ts";
import { listenOn } from "./support/listen-on.ts";
import { bodyOf, echoHeads, headOf, wholeOf } from "./support/read-answers.ts";

// Nobody gets to what no document declares.
const CLOSED: MeshSettings = { trustDomain: "cluster.local", certificateLifeMs: 3_600_000 };

test("HTTP/1 keeps its host, and what the mesh alone may say is taken out", async (t) => {
  const mesh = await interceptedMesh(t, echoHeads(), { protocol: "http" });
  const socket = mesh.dial(SERVICE);
  const headers = "weft-port: 1\r\nx-forwarded-client-cert: me\r\nl5d-client-id: me\r\n";
  for (const path of ["/a", "/b"]) {
    socket.write(`GET ${path} HTTP/1.1\r\nhost: Shop.Example:8443\r\n${headers}\r\n`);
    const { url, headers: found } = JSON.parse(await bodyOf(socket));
    assert.equal(url, path);
    assert.equal(found.host, "Shop.Example:8443");
    assert.equal(found["weft-port"], undefined);
    assert.equal(found["l5d-client-id"], undefined);
    assert.match(
      found["x-forwarded-client-cert"],
      /URI=spiffe:\/\/cluster.local\/ns\/shop\/sa\/caller$/,
    );
    assert.match(found["x-request-id"], /^[0-9a-f-]{36}$/);
  }
  const metrics = await mesh.metrics(mesh.caller);
  assert.match(metrics, /istio_requests_total\{[^}]*mutual_tls[^}]*response_code="200"[^}]*\} 2\n/);
});

test("a page's request is taken: its browser is somebody else's", async (t) => {
  const mesh = await interceptedMesh(t, echoHeads(), { protocol: "http" });
  const socket = mesh.dial(SERVICE);
  const origin = "origin: https://shop.example\r\nsec-fetch-site: cross-site\r\n";
  socket.write(`GET / HTTP/1.1\r\nhost: things\r\n${origin}\r\n`);
  assert.equal(JSON.parse(await bodyOf(socket)).headers.origin, "https://shop.example");
});

test("the host chooses among the routes of the address", async (t) => {
  const routes = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: things, namespace: shop }
spec:
  hosts: [things.example]
  http:
    - match: [{ authority: { exact: old.example } }]
      redirect: { authority: new.example, redirectCode: 308 }
    - route: [{ destination: { host: things.example } }]
---
`;
  const mesh = await interceptedMesh(t, echoHeads(), { protocol: "http", documents: routes });
  const socket = mesh.dial(SERVICE);
  socket.write("GET /x HTTP/1.1\r\nhost: old.example\r\n\r\n");
  assert.match(
    await headOf(socket),
    /^HTTP\/1.1 308 [\s\S]*\r\nlocation: http:\/\/new.example\/x\r\n/,
  );
  socket.write("GET /x HTTP/1.1\r\nhost: things.example\r\n\r\n");
  assert.equal(JSON.parse(await bodyOf(socket)).headers.host, "things.example");
});

test("HTTP/2 with prior knowledge is HTTP/2 to the application, too", async (t) => {
  const application = createHttp2();
  application.on("stream", (stream: ServerHttp2Stream, headers) => {
    stream.respond({ ":status": 200, "x-authority": headers[":authority"] ?? "" });
    stream.end("two");
  });
  const mesh = await interceptedMesh(t, application, { protocol: "http2" });
  const socket = mesh.dial(SERVICE);
  const session = connectHttp2("http://things.example", { createConnection: () => socket });
  t.after(() => session.destroy());
  for (const _ of ["first", "second"]) {
    const [answer] = await once(session.request({ ":path": "/" }), "response");
    assert.equal(answer[":status"], 200);
    assert.equal(answer["x-authority"], "things.example:80");
  }
});

test("a gRPC call is HTTP/2 to the application, also where its port is declared for HTTP/1", async (t) => {
  const application = createHttp2();
  application.on("stream", (stream: ServerHttp2Stream) => {
    stream.respond(
      { ":status": 200, "content-type": "application/grpc" },
      { waitForTrailers: true },
    );
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.resume().end("answer");
  });
  const mesh = await interceptedMesh(t, application, { protocol: "http" });
  const socket = mesh.dial(SERVICE);
  const session = connectHttp2("http://things.example", { createConnection: () => socket });
  t.after(() => session.destroy());
  const headers = { ":path": "/a.B/C", ":method": "POST", "content-type": "application/grpc" };
  const call = session.request({ ...headers, te: "trailers" });
  call.end("question");
  const trailers = once(call, "trailers");
  assert.equal(String((await once(call, "data"))[0]), "answer");
  assert.equal((await trailers)[0]["grpc-status"], "0");
});

test("bytes go both ways, and each direction ends for itself", async (t) => {
  const application = createServer({ allowHalfOpen: true }, (socket) => {
    let heard = "";
    socket.on("data", (bytes) => (heard += bytes)).on("end", () => socket.end(`got ${heard}`));
  });
  const mesh = await interceptedMesh(t, application, { protocol: "tcp" });
  const socket = mesh.dial(SERVICE);
  socket.end("half");
  assert.equal(await wholeOf(socket), "got half");
});

for (const protocol of ["tcp", undefined] as const) {
  test(`who speaks first is heard on a ${protocol ?? "undeclared"} port`, async (t) => {
    const application = createServer((socket) => socket.on("error", () => {}).end("220 ready\r\n"));
    const mesh = await interceptedMesh(t, application, protocol && { protocol });
    assert.equal(await wholeOf(mesh.dial(SERVICE)), "220 ready\r\n");
  });
}

test("TLS of the application's own is bytes, on a port that is declared for HTTP, too", async (t) => {
  const hello = Buffer.from("1603010200010001fc0303", "hex");
  const application = createServer((socket) => socket.once("data", (bytes) => socket.end(bytes)));
  const mesh = await interceptedMesh(t, application, { protocol: "http" });
  const socket = mesh.dial(SERVICE);
  socket.write(hello);
  assert.equal(await wholeOf(socket), hello.toString("latin1"));
});

test("an address that nobody declares is dialled as it is, where that is allowed", async (t) => {
  const outside = createHttp((asked, answer) => answer.end(`outside ${asked.headers.host}`));
  const port = await listenOn(outside);
  t.after(() => outside.close());
  const mesh = await interceptedMesh(t, echoHeads(), { protocol: "http" });
  const socket = mesh.dial({ address: OUTSIDE_ADDRESS, port });
  socket.write("GET / HTTP/1.1\r\nhost: api.example\r\n\r\n");
  assert.equal(await bodyOf(socket), "outside api.example");
});

test("a host that is longer than any document's is dialled by its address", async (t) => {
  const outside = createHttp((asked, answer) => answer.end(String(asked.headers.host?.length)));
  const port = await listenOn(outside);
  t.after(() => outside.close());
  const mesh = await interceptedMesh(t, echoHeads(), { protocol: "http" });
  const host = `${"a.".repeat(150)}example`;
  for (let round = 0; round < 2; round++) {
    const socket = mesh.dial({ address: OUTSIDE_ADDRESS, port });
    socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
    assert.equal(await bodyOf(socket), String(host.length));
  }
  // Such as that the control plane has cut the proxy off.
  assert.deepEqual(mesh.warnings, []);
});

for (const settings of [CLUSTER_MESH_SETTINGS, CLOSED]) {
  const policy = settings.allowsUnknown ? "allowed" : "not allowed";
  test(`a host that a document declares is found by its name, unknown addresses ${policy}`, async (t) => {
    const outside = createHttp((asked, answer) => answer.end(`declared ${asked.headers.host}`));
    const port = await listenOn(outside);
    t.after(() => outside.close());
    const documents = outsideHost("api.example", port, "HTTP", 80);
    const mesh = await interceptedMesh(t, echoHeads(), { documents, mesh: settings });
    const socket = mesh.dial({ address: "203.0.113.5", port: 80 });
    for (const host of ["api.example", "API.example:80"]) {
      socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
      assert.equal(await bodyOf(socket), `declared ${host}`);
    }
    const metrics = await mesh.metrics(mesh.caller);
    assert.match(
      metrics,
      /istio_requests_total\{[^}]*destination_service_name="api.example"[^}]*\} 2\n/,
    );
  });
}

test("a server that a document declares is found by the name in its ClientHello", async (t) => {
  const outside = createServer((socket) => {
    socket.on("error", () => {}).once("data", (bytes) => socket.end(`${bytes.length} bytes`));
  });
  const port = await listenOn(outside);
  t.after(() => outside.close());
  const documents = outsideHost("api.example", port, "TLS", 443);
  const mesh = await interceptedMesh(t, echoHeads(), { documents, mesh: CLOSED });
  const hello = await clientHello("api.example");
  const socket = mesh.dial({ address: "203.0.113.5", port: 443 });
  socket.write(hello);
  assert.equal(await wholeOf(socket), `${hello.length} bytes`);
  const other = mesh.dial({ address: "203.0.113.5", port: 443 });
  other.write(await clientHello("other.example"));
  assert.equal(await wholeOf(other), "");
});

test("what is said to an HTTP proxy outside is that proxy's matter", async (t) => {
  const asked: string[] = [];
  const outside = createServer((socket) => {
    socket
      .on("error", () => {})
      .once("data", (bytes) => {
        asked.push(String(bytes).split("\r\n", 1)[0]!);
        socket.end("HTTP/1.1 200 OK\r\n\r\n");
      });
  });
  const port = await listenOn(outside);
  t.after(() => outside.close());
  const mesh = await interceptedMesh(t, echoHeads());
  const lines = ["CONNECT api.example:443 HTTP/1.1", "GET http://api.example/x HTTP/1.1"];
  for (const line of lines) {
    const socket = mesh.dial({ address: OUTSIDE_ADDRESS, port });
    socket.write(`${line}\r\nhost: api.example\r\n\r\n`);
    assert.match(await wholeOf(socket), /^HTTP\/1.1 200 OK\r\n/);
  }
  assert.deepEqual(asked, lines);
});

test("nobody answers for an unknown address where that isn't allowed", async (t) => {
  const mesh = await interceptedMesh(t, echoHeads(), { protocol: "http", mesh: CLOSED });
  const http = mesh.dial({ address: OUTSIDE_ADDRESS, port: 80 });
  http.write("GET / HTTP/1.1\r\nhost: api.example\r\n\r\n");
  assert.match(await headOf(http), /^HTTP\/1.1 502 [\s\S]*weft-cause: destination-unknown\r\n/);
  const bytes = mesh.dial({ address: OUTSIDE_ADDRESS, port: 80 });
  bytes.write("no HTTP at all\r\n");
  assert.equal(await wholeOf(bytes), "");
});

for (const to of [
  { address: "169.254.169.254", port: 80 },
  { address: "127.0.0.1", port: 8080 },
  { address: "10.0.0.9", port: 15_001 },
]) {
  test(`nobody gets to ${to.address}:${to.port}`, async (t) => {
    const mesh = await interceptedMesh(t, echoHeads(), { protocol: "http" });
    const http = mesh.dial(to);
    http.write("GET / HTTP/1.1\r\nhost: metadata\r\n\r\n");
    assert.match(await headOf(http), /^HTTP\/1.1 403 [\s\S]*weft-cause: destination-forbidden\r\n/);
    const bytes = mesh.dial(to);
    bytes.write("\u0000\u0001");
    assert.equal(await wholeOf(bytes), "");
  });
}

test("metrics of other proxies may be fetched: a collector may have a proxy, too", async (t) => {
  const mesh = await interceptedMesh(t, echoHeads());
  const socket = mesh.dial({ address: OUTSIDE_ADDRESS, port: 15_020 });
  socket.write("GET /metrics HTTP/1.1\r\nhost: things\r\n\r\n");
  assert.match(await headOf(socket), /weft-cause: upstream-refused\r\n/);
});

function outsideHost(host: string, targetPort: number, protocol: string, number: number): string {
  return `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: outside, namespace: shop }
spec:
  hosts: [${host}]
  location: MESH_EXTERNAL
  resolution: STATIC
  endpoints: [{ address: ${OUTSIDE_ADDRESS} }]
  ports: [{ name: main, number: ${number}, targetPort: ${targetPort}, protocol: ${protocol} }]
---
`;
}

// What a client of TLS says first.
function clientHello(servername: string): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = new Duplex({
      read() {},
      write(bytes: Buffer, _, done) {
        resolve(bytes);
        done();
      },
    });
    connectTls({ socket, servername }).on("error", () => {});
  });
}
