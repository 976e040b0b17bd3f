import assert from "node:assert/strict";
import { createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { CredentialSlot } from "#proxy/tls/credential-slot.ts";
import { reverify } from "#proxy/tls/reverify.ts";
import {
  CART,
  connected,
  credentials,
  dial,
  failed,
  MeshFixture,
  slotWith,
  WEB,
} from "./support/mesh-fixture.ts";
import { type Material, TestAuthority } from "./support/test-authority.ts";

const MINUTE_MS = 60_000;
const authority = await TestAuthority.create();
const cart = await authority.issue({ uris: [CART] });
const web = await authority.issue({ uris: [WEB] });

test("two proxies of a mesh learn each other's identity, and bytes pass both ways", async (t) => {
  const mesh = await MeshFixture.listen(t, slotWith(cart));
  const dialled = connected(await dial(t, mesh.target, { slot: slotWith(web) }));
  assert.equal(dialled.peer.identity, CART);
  assert.equal(dialled.peer.notAfterMs, credentials(cart).notAfterMs);
  await mesh.until(({ accepted }) => accepted.length === 1);
  const [{ end, peer }] = mesh.accepted as [(typeof mesh.accepted)[0]];
  assert.equal(peer.identity, WEB);
  assert.equal(peer.notAfterMs, credentials(web).notAfterMs);
  dialled.end.send("ping");
  await end.whenReceived("ping");
  const long = "pong".repeat(50_000);
  end.send(long);
  await dialled.end.whenReceived(long);
  dialled.end.stream.end();
  assert.equal(await dialled.end.whenClosed(), "");
  assert.equal(await end.whenClosed(), "");
});

test("what TLS has taken may be changed at once, also while the peer reads nothing", async (t) => {
  const mesh = await MeshFixture.listen(t, slotWith(cart));
  const { end } = connected(await dial(t, mesh.target, { slot: slotWith(web) }));
  await mesh.until(({ accepted }) => accepted.length === 1);
  const far = mesh.accepted[0]!.end;
  far.stream.pause();
  let block = Buffer.alloc(16_384);
  let sent = "";
  let taken = 0;
  for (let i = 0; i < 400; i++) {
    const letter = String.fromCharCode(97 + (i % 26));
    sent += letter.repeat(block.length);
    end.stream.write(block.fill(letter));
    if (end.stream.isTaken) taken++;
    else block = Buffer.alloc(block.length);
    if (i < 200) await new Promise((resolve) => setImmediate(resolve));
  }
  // Of what waits behind an unfinished write nothing is.
  assert.ok(taken > 5 && taken < 250, `${taken}`);
  far.stream.resume();
  end.stream.end();
  await far.whenReceived(sent);
});

test("a peer that has closed its direction still gets the rest of the answer", async (t) => {
  const mesh = await MeshFixture.listen(t, slotWith(cart));
  const { end } = connected(await dial(t, mesh.target, { slot: slotWith(web) }));
  await mesh.until(({ accepted }) => accepted.length === 1);
  const far = mesh.accepted[0]!.end;
  far.endsAfter = 100;
  end.send("question");
  end.stream.end();
  await far.whenReceived("question");
  await new Promise((resolve) => setTimeout(resolve, 50));
  far.send("answer");
  await end.whenReceived("answer");
  assert.equal(await end.whenClosed(), "");
});

test("a peer with another identity than the expected ones is not believed", async (t) => {
  const mesh = await MeshFixture.listen(t, slotWith(web));
  const slot = slotWith(web);
  const dialled = failed(await dial(t, mesh.target, { slot, identities: [CART, `${CART}2`] }));
  assert.deepEqual(dialled, {
    kind: "failed",
    why: "untrusted",
    detail: `expected ${CART} or ${CART}2, found ${WEB}`,
  });
  assert.equal(failed(await dial(t, mesh.target, { slot, identities: [] })).why, "untrusted");
  connected(await dial(t, mesh.target, { slot, identities: [CART, WEB] }));
});

test("a peer without exactly one name, or with names of the web, is not believed", async (t) => {
  const names = [
    { uris: [CART, WEB] },
    { uris: [CART], dns: ["127.0.0.1"] },
    { uris: [], dns: ["localhost"] },
    { uris: [`${CART}/x`] },
  ];
  for (const request of names) {
    const strange = await authority.issue(request);
    const slot = new CredentialSlot();
    slot.replace({ ...credentials(cart), ...strange });
    const mesh = await MeshFixture.listen(t, slot);
    const dialled = failed(await dial(t, mesh.target, { slot: slotWith(web) }));
    assert.equal(dialled.why, "untrusted");
    assert.match(dialled.detail, /^expected spiffe:\S+, found (URI|DNS):/);
    await refusedAs(t, strange, /no identity of our trust domain, but (URI|DNS):/);
  }
});

test("a foreign authority is not believed, on either side", async (t) => {
  const foreign = await (await TestAuthority.create()).issue({ uris: [CART] });
  const mesh = await MeshFixture.listen(t, slotWith(foreign));
  const dialled = failed(await dial(t, mesh.target, { slot: slotWith(web) }));
  assert.equal(dialled.why, "untrusted");
  assert.match(dialled.detail, /UNABLE_TO_|CERT_SIGNATURE_FAILURE/);
  await refusedAs(t, { ...foreign, trustPem: cart.trustPem }, /UNABLE_TO_|CERT_SIGNATURE_FAILURE/);
});

test("an expired certificate, or one of tomorrow, is not believed, on either side", async (t) => {
  const expired = await authority.issue({ uris: [CART], lifeMs: 59 * MINUTE_MS });
  const tomorrow = await authority.issue({ uris: [CART], fromMs: 1440 * MINUTE_MS });
  for (const [material, code] of [
    [expired, /CERT_HAS_EXPIRED/],
    [tomorrow, /CERT_NOT_YET_VALID/],
  ] as const) {
    const mesh = await MeshFixture.listen(t, slotWith(material));
    const dialled = failed(await dial(t, mesh.target, { slot: slotWith(web) }));
    assert.equal(dialled.why, "untrusted");
    assert.match(dialled.detail, code);
    await refusedAs(t, material, code);
  }
});

test("a certificate for another use is not believed", async (t) => {
  const codeSigning = await authority.issue({ uris: [WEB], uses: ["1.3.6.1.5.5.7.3.3"] });
  await refusedAs(t, codeSigning, /INVALID_PURPOSE/);
});

test("an identity of another trust domain is refused, though our root has issued it", async (t) => {
  const other = await authority.issue({ uris: ["spiffe://other.local/ns/shop/sa/web"] });
  await refusedAs(t, other, /no identity of our trust domain, but spiffe:\/\/other\.local/);
});

test("whoever shows no certificate is refused", async (t) => {
  await refusedAs(t, { trustPem: cart.trustPem }, /PEER_DID_NOT_RETURN|ECONNRESET|CERTIFICATE/);
});

test("a workload that joins dials without a certificate, and still knows whom it asks", async (t) => {
  const slot = { current: { trustPem: cart.trustPem } };
  const mesh = await MeshFixture.listen(t, slotWith(cart));
  assert.equal(connected(await dial(t, mesh.target, { slot })).peer.identity, CART);
  const wrong = failed(await dial(t, mesh.target, { slot, identities: [WEB] }));
  assert.equal(wrong.why, "untrusted");
  const nothing = failed(await dial(t, mesh.target, { slot: new CredentialSlot() }));
  assert.deepEqual([nothing.why, nothing.detail], ["refused", "we have no certificate yet"]);
});

test("new credentials serve new connections, and the open ones stay", async (t) => {
  const slot = slotWith(cart);
  const mesh = await MeshFixture.listen(t, slot);
  const dialler = slotWith(web);
  const before = connected(await dial(t, mesh.target, { slot: dialler }));
  const next = await authority.issue({ uris: [CART], lifeMs: 90 * MINUTE_MS });
  slot.replace(credentials(next));
  dialler.replace(credentials(await authority.issue({ uris: [WEB], lifeMs: 95 * MINUTE_MS })));
  const after = connected(await dial(t, mesh.target, { slot: dialler }));
  assert.equal(after.peer.notAfterMs, credentials(next).notAfterMs);
  await mesh.until(({ accepted }) => accepted.length === 2);
  const [first, second] = mesh.accepted;
  assert.ok(second!.peer.notAfterMs < first!.peer.notAfterMs);
  before.end.send("still here");
  await first!.end.whenReceived("still here");
});

test("a change of trust lets nobody new in, and tells which open connections lost it", async (t) => {
  const slot = slotWith(cart);
  const mesh = await MeshFixture.listen(t, slot);
  connected(await dial(t, mesh.target, { slot: slotWith(web) }));
  await mesh.until(({ accepted }) => accepted.length === 1);
  const next = await TestAuthority.create("Next root");
  const both = { ...cart, trustPem: [next.rootPem, ...cart.trustPem] };
  const { chain } = mesh.accepted[0]!.peer;
  assert.equal(reverify(chain, both.trustPem, Date.now()), undefined);
  assert.match(reverify(chain, [next.rootPem], Date.now())!, /no root that we trust/);
  slot.replace(credentials(both));
  connected(await dial(t, mesh.target, { slot: slotWith(web) }));
  slot.replace({ ...credentials(cart), trustPem: [next.rootPem] });
  await dial(t, mesh.target, { slot: slotWith(web) });
  await mesh.until(({ refused }) => refused.length === 1);
  assert.equal(mesh.accepted.length, 2);
});

test("a chain with an issuer between leaf and root is believed, and re-verified whole", async (t) => {
  const below = await (await authority.intermediate()).issue({ uris: [CART] });
  const mesh = await MeshFixture.listen(t, slotWith(below));
  const { peer } = connected(await dial(t, mesh.target, { slot: slotWith(web) }));
  assert.equal(reverify(peer.chain, cart.trustPem, Date.now()), undefined);
  assert.match(reverify(peer.chain.slice(0, 1), cart.trustPem, Date.now())!, /no root/);
  assert.match(reverify(peer.chain, cart.trustPem, peer.notAfterMs)!, /is valid until/);
});

test("dialling somebody who never answers, or hangs up, fails in time", async (t) => {
  const mute = createServer((socket) => void socket.on("error", () => {}));
  const rude = createServer((socket) => void socket.destroy());
  for (const listener of [mute, rude]) {
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    t.after(() => listener.close());
  }
  const portOf = (listener: typeof mute) => (listener.address() as { port: number }).port;
  const slot = slotWith(web);
  const target = (port: number) => ({ address: "127.0.0.1", port });
  const late = failed(await dial(t, target(portOf(mute)), { slot, timeoutMs: 100 }));
  assert.deepEqual([late.why, late.detail], ["timeout", "no answer within 100 ms"]);
  assert.equal(failed(await dial(t, target(portOf(rude)), { slot })).why, "refused");
});

// The listener refuses whoever dials with this, and no stream comes of it.
async function refusedAs(
  t: TestContext,
  material: Partial<Material> & Pick<Material, "trustPem">,
  reason: RegExp,
): Promise<void> {
  const mesh = await MeshFixture.listen(t, slotWith(cart));
  const dialled = await dial(t, mesh.target, { slot: { current: material } });
  await mesh.until(({ refused }) => refused.length === 1);
  assert.match(mesh.refused[0]!, reason);
  // Our side of the handshake was over before the listener saw the certificate.
  if (dialled.kind === "connected") await dialled.end.whenClosed();
  assert.equal(mesh.accepted.length, 0);
}
