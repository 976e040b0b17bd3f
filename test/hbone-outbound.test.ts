// Towards workloads of other meshes: what an application asks goes through tunnels of HBONE to
// their proxies. Those are a node:http2 of the test, and our own inbound side.

import assert from "node:assert/strict";
import { createServer as createHttp } from "node:http";
import {
  createServer as createHttp2,
  createSecureServer,
  type Http2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { type TestContext, test } from "node:test";
import { eventually } from "#local/testing/eventually.ts";
import { askEndpoint, hbonePort } from "./support/hbone-caller.ts";
import { GREETING, HTTP_PORT, hboneMesh, TCP_PORT } from "./support/hbone-mesh.ts";
import { listenOn } from "./support/listen-on.ts";
import { CART, WEB } from "./support/mesh-fixture.ts";
import { TestAuthority } from "./support/test-authority.ts";

const LOOPBACK = "127.0.0.1";
const authority = await TestAuthority.create();
const cart = await authority.issue({ uris: [CART] });
const web = await authority.issue({ uris: [WEB] });

test("requests and tunnels reach a workload behind our own inbound side", async (t) => {
  const { mesh, backend, material } = await hboneMesh(t);
  const trustPem = mesh.control.authority.trust;
  const own = { keyPem: String(material.key), certificatePem: String(material.cert), trustPem };
  const { address, port: meshPort } = backend.settings.mesh;
  const { identity } = backend.settings;
  const http = hbonePort(t, own, { address, meshPort, identity, port: HTTP_PORT });
  const answer = await askEndpoint(http.speaking("http"), { path: "/there?x=1" });
  assert.deepEqual(answer, { status: 200, text: "plain /there?x=1" });
  const tcp = hbonePort(t, own, { address, meshPort, identity, port: TCP_PORT });
  const sent = "bytes".repeat(50_000);
  const echoed = await askEndpoint(tcp.speaking("tcp"), { method: "CONNECT", path: "" }, sent);
  assert.deepEqual(echoed, { status: 200, text: GREETING + sent });
  const none = hbonePort(t, own, { address, meshPort, identity, port: 1 });
  await assert.rejects(askEndpoint(none.speaking("http"), {}), /upstream-refused: .* answers 404/);
  for (const port of [http, tcp, none]) port.close();
});

test("another mesh's proxy is asked for address and port, on one connection for many", async (t) => {
  const application = createHttp((asked, answer) => {
    setTimeout(() => answer.end(`${asked.method} ${asked.headers.host}${asked.url}`), 20);
  });
  t.after(() => application.close());
  const proxy = await foreignProxy(t, await listenOn(application));
  const endpoint = hbonePort(t, web, proxy.plan).speaking("http");
  const paths = ["/a", "/b", "/c", "/d"];
  const answers = await Promise.all(paths.map((path) => askEndpoint(endpoint, { path })));
  assert.deepEqual(
    answers.map(({ text }) => text),
    paths.map((path) => `GET things.shop${path}`),
  );
  // What is inside a tunnel is used again, too.
  await askEndpoint(endpoint, { method: "POST" }, "body");
  assert.equal(proxy.sessions.size, 1);
  assert.equal(proxy.asked.length, paths.length);
  for (const asked of proxy.asked) {
    assert.equal(asked, "127.0.0.1:8080 k8s.namespace.name=shop,k8s.deployment.name=web");
  }
});

test("a port that speaks HTTP/2 is spoken to in HTTP/2 inside one tunnel", async (t) => {
  const application = createHttp2();
  application.on("stream", (stream: ServerHttp2Stream, headers) => {
    stream.respond({ ":status": 200 });
    stream.end(`over ${stream.session?.alpnProtocol ?? "?"} ${headers[":path"]}`);
  });
  t.after(() => application.close());
  const proxy = await foreignProxy(t, await listenOn(application));
  const endpoint = hbonePort(t, web, proxy.plan).speaking("http2");
  for (const path of ["/a", "/b"]) {
    assert.deepEqual(await askEndpoint(endpoint, { path }), {
      status: 200,
      text: `over h2c ${path}`,
    });
  }
  assert.equal(proxy.asked.length, 1);
});

test("a proxy that refuses, or is somebody else, is a failure that nobody has seen", async (t) => {
  const proxy = await foreignProxy(t, 1);
  await assert.rejects(
    askEndpoint(hbonePort(t, web, proxy.plan).speaking("http"), {}),
    /^Error: upstream-refused: Cannot connect to 127\.0\.0\.1:8080: its proxy answers 503$/,
  );
  const other = hbonePort(t, web, { ...proxy.plan, identity: WEB });
  const expected =
    /^Error: upstream-untrusted: .*expected spiffe:\/\/mesh\.local\/ns\/shop\/sa\/web/;
  await assert.rejects(askEndpoint(other.speaking("http"), {}), expected);
  const nobody = hbonePort(t, web, { ...proxy.plan, meshPort: 1 });
  await assert.rejects(askEndpoint(nobody.speaking("http"), {}), /^Error: upstream-refused: /);
});

test("a proxy that does not answer is given up in time, and its stream with it", async (t) => {
  const proxy = await foreignProxy(t, undefined);
  const asking = askEndpoint(hbonePort(t, web, proxy.plan).speaking("tcp"), { method: "CONNECT" });
  await assert.rejects(asking, /^Error: upstream-timeout: .*no answer in 1000 ms/);
  await eventually("the stream is gone", () => proxy.streamsOpen() === 0);
  assert.equal(proxy.asked.length, 1);
});

// Joins every tunnel that it is asked for to one port of loopback, or answers nothing.
async function foreignProxy(t: TestContext, applicationPort: number | undefined) {
  let streamsOpen = 0;
  const asked: string[] = [];
  const sessions = new Set<Http2Session>();
  const proxy = createSecureServer({
    ...{ key: cart.keyPem, cert: cart.certificatePem, ca: [...cart.trustPem] },
    ...{ requestCert: true, rejectUnauthorized: true },
  });
  proxy.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => {});
  });
  proxy.on("stream", (stream: ServerHttp2Stream, headers) => {
    asked.push(`${headers[":authority"]} ${headers["baggage"]}`);
    streamsOpen++;
    stream.on("close", () => streamsOpen--);
    stream.on("error", () => {});
    if (applicationPort === undefined) return;
    const far = connect(applicationPort, LOOPBACK);
    stream.on("close", () => far.destroy());
    far.on("error", () => {
      if (!stream.headersSent) stream.respond({ ":status": 503 }, { endStream: true });
    });
    far.on("connect", () => {
      stream.respond({ ":status": 200 });
      stream.pipe(far).pipe(stream);
    });
  });
  t.after(() => {
    for (const session of sessions) session.destroy();
    proxy.close();
  });
  await new Promise<void>((resolve) => proxy.listen(0, LOOPBACK, resolve));
  const { port: meshPort } = proxy.address() as AddressInfo;
  const plan = { address: LOOPBACK, port: 8080, meshPort, identity: CART };
  return { asked, sessions, plan, streamsOpen: () => streamsOpen };
}
