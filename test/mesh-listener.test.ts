import assert from "node:assert/strict";
import { connect as connectPlain } from "node:net";
import { type TestContext, test } from "node:test";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import {
  ALPN,
  CART,
  connected,
  dial,
  failed,
  MeshFixture,
  slotWith,
  WEB,
} from "./support/mesh-fixture.ts";
import { TestAuthority } from "./support/test-authority.ts";

const authority = await TestAuthority.create();
const cart = await authority.issue({ uris: [CART] });
const web = await authority.issue({ uris: [WEB] });

test("another protocol, or none, is refused on either side", async (t) => {
  const mesh = await MeshFixture.listen(t, slotWith(cart));
  const dialled = failed(await dial(t, mesh.target, { slot: slotWith(web), alpn: "h2" }));
  assert.equal(dialled.why, "untrusted");
  await mesh.until(({ refused }) => refused.length === 1);
  const bare = rawTls(t, mesh, { ALPNProtocols: [] });
  await mesh.until(({ refused }) => refused.length === 2);
  assert.match(mesh.refused[1]!, /does not speak weft\/1/);
  await closed(bare);
  assert.equal(mesh.accepted.length, 0);
});

test("TLS 1.2 is refused", async (t) => {
  const mesh = await MeshFixture.listen(t, slotWith(cart));
  const old = rawTls(t, mesh, { minVersion: "TLSv1.2", maxVersion: "TLSv1.2" });
  await closed(old);
  await mesh.until(({ refused }) => refused.length === 1);
  assert.match(mesh.refused[0]!, /UNSUPPORTED_PROTOCOL/);
});

test("a session is never resumed", async (t) => {
  const mesh = await MeshFixture.listen(t, slotWith(cart));
  const sessions: Buffer[] = [];
  const first = rawTls(t, mesh, {});
  first.on("session", (session) => sessions.push(session));
  await mesh.until(({ accepted }) => accepted.length === 1);
  mesh.accepted[0]!.end.send("x");
  await new Promise((resolve) => first.once("data", resolve));
  // OpenSSL offers one all the same; taking it up must fail.
  const [session] = sessions;
  assert.ok(session);
  const second = rawTls(t, mesh, { session });
  await new Promise((resolve) => second.once("secureConnect", resolve));
  assert.equal(second.isSessionReused(), false);
  await mesh.until(({ accepted }) => accepted.length === 2);
  assert.equal(mesh.accepted[1]!.peer.identity, WEB);
});

test("plain bytes cost nothing and are closed", async (t) => {
  const mesh = await MeshFixture.listen(t, slotWith(cart));
  const socket = connectPlain(mesh.target.port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write("GET / HTTP/1.1\r\nhost: cart\r\n\r\n");
  await closed(socket);
  await mesh.until(({ refused }) => refused.length === 1);
  assert.match(mesh.refused[0]!, /^127\.0\.0\.1:\d+: ERR_SSL_/);
});

test("a handshake that trickles or stalls is closed in time", async (t) => {
  const mesh = await MeshFixture.listen(t, slotWith(cart), { handshakeTimeoutMs: 300 });
  const trickling = connectPlain(mesh.target.port, "127.0.0.1");
  const silent = connectPlain(mesh.target.port, "127.0.0.1");
  for (const socket of [trickling, silent]) socket.on("error", () => {});
  // A record of 512 bytes that never becomes whole.
  trickling.write(Buffer.from("1603010200", "hex"));
  const timer = setInterval(() => trickling.write(Buffer.of(1)), 50);
  await Promise.all([closed(trickling), closed(silent)]);
  clearInterval(timer);
  await mesh.until(({ refused }) => refused.length === 2);
  for (const detail of mesh.refused) assert.match(detail, /ERR_TLS_HANDSHAKE_TIMEOUT/);
});

test("handshakes in progress have a limit that open connections don't use up", async (t) => {
  const mesh = await MeshFixture.listen(t, slotWith(cart), { handshakesMax: () => 2 });
  const slot = slotWith(web);
  for (let i = 1; i <= 3; i++) {
    connected(await dial(t, mesh.target, { slot }));
    await mesh.until(({ accepted }) => accepted.length === i);
  }
  const silent = [1, 2, 3].map(() => connectPlain(mesh.target.port, "127.0.0.1"));
  for (const socket of silent) socket.on("error", () => {});
  await mesh.until(({ refused }) => refused.length === 1);
  assert.match(mesh.refused[0]!, /too many connections or handshakes/);
  for (const socket of silent) socket.destroy();
  await mesh.until(({ refused }) => refused.length === 3);
  connected(await dial(t, mesh.target, { slot }));
});

test("a listener that is closed takes nobody new and leaves open connections alone", async (t) => {
  const mesh = await MeshFixture.listen(t, slotWith(cart));
  const open = connected(await dial(t, mesh.target, { slot: slotWith(web) }));
  await mesh.until(({ accepted }) => accepted.length === 1);
  mesh.close();
  const late = failed(await dial(t, mesh.target, { slot: slotWith(web) }));
  assert.deepEqual([late.why, late.detail], ["refused", "ECONNREFUSED"]);
  open.end.send("still here");
  await mesh.accepted[0]!.end.whenReceived("still here");
});

function rawTls(t: TestContext, mesh: MeshFixture, options: ConnectionOptions): TLSSocket {
  const socket = connectTls({
    host: "127.0.0.1",
    port: mesh.target.port,
    key: web.keyPem,
    cert: web.certificatePem,
    ca: [...web.trustPem],
    ALPNProtocols: [ALPN],
    checkServerIdentity: () => undefined,
    ...options,
  });
  socket.on("error", () => {});
  t.after(() => socket.destroy());
  return socket;
}

function closed(socket: TLSSocket | ReturnType<typeof connectPlain>): Promise<void> {
  socket.resume();
  return new Promise((resolve) => socket.once("close", () => resolve()));
}
