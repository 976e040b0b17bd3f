// What HBONE on the mesh port is refused, and with which cause.

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { eventually } from "#local/testing/eventually.ts";
import { GREETING, HTTP_PORT, hboneDocuments, hboneMesh, TCP_PORT } from "./support/hbone-mesh.ts";
import { ask, connectTo, openTunnel, readAll } from "./support/hbone-peer.ts";
import { dial, MeshFixture, slotWith, WEB } from "./support/mesh-fixture.ts";
import { TestAuthority } from "./support/test-authority.ts";

test("only the workload's own address and a declared port are let through", async (t) => {
  const { peer, backend, authority, sockets } = await hboneMesh(t);
  const { address, port: meshPort } = backend.settings.mesh;
  const { session } = peer();
  for (const [asked, status, cause] of [
    ["10.0.0.7:9007", 403, "destination-forbidden"],
    ["127.0.0.1:9007", 403, "destination-forbidden"],
    ["0.0.0.0:9007", 403, "destination-forbidden"],
    ["[::1]:9007", 403, "destination-forbidden"],
    ["[::]:9007", 403, "destination-forbidden"],
    ["[::ffff:127.0.0.1]:9007", 403, "destination-forbidden"],
    ["169.254.169.254:80", 403, "destination-forbidden"],
    ["[::ffff:169.254.169.254]:80", 403, "destination-forbidden"],
    ["[fe80::1]:9007", 403, "destination-forbidden"],
    [`${address}:15000`, 403, "destination-forbidden"],
    [`${address}:15001`, 403, "destination-forbidden"],
    [`${address}:15090`, 403, "destination-forbidden"],
    [`${address}:1`, 404, "port-unknown"],
    [`${address}:${meshPort}`, 404, "port-unknown"],
    [address, 400, "malformed-request"],
    [`${address}:`, 400, "malformed-request"],
    [`${address}:0`, 400, "malformed-request"],
    [`${address}:09007`, 400, "malformed-request"],
    [`${address}:65536`, 400, "malformed-request"],
    [`[${address}]:9007`, 400, "malformed-request"],
    ["backend.shop:9007", 400, "malformed-request"],
    ["localhost:9007", 400, "malformed-request"],
    [`weft@${address}:9007`, 400, "malformed-request"],
  ] as const) {
    const found = await ask(session, connectTo(asked));
    assert.deepEqual([found.status, found.cause], [status, cause], asked);
  }
  assert.equal(sockets.size, 0);
  const mapped = await openTunnel(session, `[::ffff:${address}]:${TCP_PORT}`);
  mapped.end();
  assert.equal(await readAll(mapped), GREETING);
  // A refusal is no 200 to somebody who calls the tunnel gRPC.
  const grpc = connectTo(authority(1), { "content-type": "application/grpc" });
  assert.equal((await ask(session, grpc)).status, 404);
});

test("what is no CONNECT is told what is taken here, and never gets to the application", async (t) => {
  const { peer, backend } = await hboneMesh(t);
  const { session } = peer();
  const authority = `${backend.settings.mesh.address}:${HTTP_PORT}`;
  const path = { ":scheme": "http", ":path": "/", ":authority": authority };
  for (const asked of [
    { ":method": "GET", ...path },
    { ":method": "OPTIONS", ...path, ":path": "*" },
    // As this mesh's own proxies ask, over weft/1.
    { ":method": "GET", ...path, "weft-port": String(HTTP_PORT) },
    // RFC 8441.
    { ":method": "CONNECT", ":protocol": "websocket", ...path },
    { ":method": "CONNECT", ":protocol": "connect-tcp", ...path },
  ]) {
    const { status, cause, headers } = await ask(session, asked);
    assert.deepEqual([status, cause, headers["allow"]], [405, "connect-required", "CONNECT"]);
  }
});

test("whoever shows no certificate, or another authority's, gets no stream", async (t) => {
  const { peer } = await hboneMesh(t);
  const foreign = await TestAuthority.create();
  const { keyPem, certificatePem } = await foreign.issue({ uris: [WEB] });
  for (const options of [{}, { key: keyPem, cert: certificatePem }]) {
    assert.notEqual(await peer(options).refusal, "");
  }
});

test("whoever offers neither protocol of the mesh port is refused", async (t) => {
  const { peer, material } = await hboneMesh(t);
  for (const ALPNProtocols of [["http/1.1"], []]) {
    assert.notEqual(await peer({ ...material, ALPNProtocols }).refusal, "");
  }
});

test("an identity of another trust domain is refused over h2, too", async (t) => {
  const authority = await TestAuthority.create();
  const other = "spiffe://other.local/ns/shop/sa/web";
  const stranger = await authority.issue({ uris: [other] });
  const web = await authority.issue({ uris: [WEB] });
  const mesh = await MeshFixture.listen(t, slotWith(web), { alpns: ["weft/1", "h2"] });
  await dial(t, mesh.target, { slot: { current: stranger }, identities: [WEB], alpn: "h2" });
  await mesh.until(({ refused }) => refused.length === 1);
  assert.match(mesh.refused[0]!, /no identity of our trust domain, but spiffe:\/\/other\.local/);
});

test("a port that is not declared any more loses its tunnels, and the others keep theirs", async (t) => {
  const { mesh, peer, authority, sockets } = await hboneMesh(t);
  const { session } = peer();
  const closing = await openTunnel(session, authority(TCP_PORT));
  const staying = await openTunnel(session, authority(HTTP_PORT));
  await eventually("the application is reached", () => sockets.size === 1);
  const broken = once(closing, "error");
  mesh.write("mesh.yaml", hboneDocuments([HTTP_PORT]));
  const [error] = await broken;
  assert.match(String(error), /CONNECT_ERROR/);
  await eventually("the application has lost it, too", () => sockets.size === 0);
  const again = await ask(session, connectTo(authority(TCP_PORT)));
  assert.deepEqual([again.status, again.cause], [404, "port-unknown"]);
  const text = readAll(staying);
  staying.write("GET /still HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  assert.match(await text, /plain \/still/);
});
