// Who asks is what the mesh says, and nobody else: cases 14, 16 and 18 of the hardening reference.
// Applications claim to be others, or try to have the mesh's own headers taken out.

import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { ERROR } from "#proxy/http2/frame-types.ts";
import { type HardeningMesh, hardeningMesh, PREFIX } from "./support/hardening-mesh.ts";
import { rawHttp1 } from "./support/raw-http1.ts";
import { get, headers, RawHttp2 } from "./support/raw-http2.ts";

const XFCC = "By=spiffe://mesh.local/ns/shop/sa/echo;URI=spiffe://mesh.local/ns/shop/sa/caller";
const CLAIMS: readonly string[] = [
  "x-forwarded-client-cert",
  "weft-port",
  "weft-source",
  "weft-cause",
  "weft-anything",
  "l5d-client-id",
  "l5d-dst-override",
  "x-envoy-peer-metadata",
  "x-envoy-peer-metadata-id",
];

let mesh!: HardeningMesh;
const cleanups: (() => Promise<void>)[] = [];
before(async () => {
  mesh = await hardeningMesh((run) => cleanups.push(run));
});
after(async () => {
  for (const run of cleanups) await run();
});

test("what an application claims about itself reaches nobody", async () => {
  const claims = CLAIMS.flatMap((name) => [`${name}: admin`, `${name.toUpperCase()}: root`]);
  const seen = await see(claims.join("\r\n"));
  assert.equal(seen.headers["x-forwarded-client-cert"], XFCC);
  assert.doesNotMatch(seen.rawHeaders.join("\n"), /weft-|l5d-|x-envoy-peer|admin|root/i);
});

test("what a peer of the mesh claims about itself reaches nobody", async (t) => {
  const peer = await dial(t);
  const claims = CLAIMS.filter((name) => name !== "weft-port").flatMap((name) => [name, "admin"]);
  peer.send(headers(1, get("/attack", ...claims)));
  assert.ok(await peer.until(() => peer.answersTo(1).length > 0));
  const [seen] = mesh.takeSeen();
  assert.equal(seen?.headers["x-forwarded-client-cert"], XFCC);
  assert.doesNotMatch(seen?.rawHeaders.join("\n") ?? "", /weft-|l5d-|x-envoy-peer|admin/i);
});

test("identity that is claimed in trailers reaches nobody, and completes no request", async (t) => {
  const peer = await dial(t);
  const names = [...CLAIMS, "authorization", "x-forwarded-for", "cookie"];
  for (const [i, name] of names.entries()) {
    const head = `POST ${PREFIX}/attack HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`;
    const { statuses } = await rawHttp1(mesh.outbound, `${head}0\r\n${name}: admin\r\n\r\n`);
    assert.deepEqual(statuses, [400], name);
    const id = 2 * i + 1;
    const post = [":method", "POST", ...get("/attack").slice(2)];
    peer.send(headers(id, post, false), headers(id, [name, "admin"]));
    assert.ok(await peer.until(() => peer.answersTo(id).length > 0));
    assert.deepEqual(peer.answersTo(id), [`reset ${ERROR.protocol}`], name);
  }
  peer.destroy();
  await mesh.assertAtRest();
});

test("trailers that claim nothing reach the application", async () => {
  const head = `POST ${PREFIX}/attack HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`;
  const text = `${head}0\r\nx-checksum: 1\r\ngrpc-status: 0\r\n\r\n`;
  const { statuses } = await rawHttp1(mesh.outbound, text, { answers: 1 });
  assert.deepEqual(statuses, [200]);
  assert.deepEqual(mesh.takeSeen()[0]?.trailers, ["x-checksum", "1", "grpc-status", "0"]);
});

test("an application can't answer in the mesh's name, nor have its request sent again", async () => {
  const head = `GET ${PREFIX}/lies HTTP/1.1\r\nhost: x\r\n\r\n`;
  const { statuses, text } = await rawHttp1(mesh.outbound, head, { answers: 1 });
  assert.deepEqual(statuses, [503]);
  assert.match(text, /\r\nx-own: kept\r\n/);
  assert.doesNotMatch(text, /weft-|l5d-/i);
  assert.equal(mesh.takeSeen().length, 1);
});

test("Connection can't name away what states identity, trace, origin or routing", async () => {
  const named: readonly string[] = [
    "x-request-id",
    "traceparent",
    "tracestate",
    "authorization",
    "cookie",
    "x-forwarded-proto",
    "x-b3-traceid",
    "content-type",
    "user-agent",
  ];
  const fields = named.map((name) => `${name}: kept`);
  const options = [...named, "x-forwarded-client-cert", "weft-port", "x-forwarded-for", "host"];
  const seen = await see(
    [...fields, `connection: ${options.join(", ")}, x-hop`, "x-hop: gone"].join("\r\n"),
  );
  for (const name of named) assert.equal(seen.headers[name], "kept", name);
  assert.equal(seen.headers["x-forwarded-client-cert"], XFCC);
  assert.match(String(seen.headers["x-forwarded-for"]), /127\.0\.0\.1$/);
  assert.equal(seen.headers.host, "echo:80");
  assert.equal(seen.headers["x-hop"], undefined);
});

test("what the caller's hop is told stays in that hop", async () => {
  const credentials = Buffer.from("weft:a-secret-of-the-test").toString("base64");
  const head =
    "GET http://echo:80/attack HTTP/1.1\r\nhost: echo:80\r\nkeep-alive: timeout=5\r\n" +
    `proxy-authorization: Basic ${credentials}\r\nproxy-connection: keep-alive\r\n\r\n`;
  const { statuses } = await rawHttp1(mesh.outbound, head, { answers: 1 });
  assert.deepEqual(statuses, [200]);
  const [seen] = mesh.takeSeen();
  assert.doesNotMatch(seen?.rawHeaders.join("\n") ?? "", /proxy-|keep-alive: timeout/i);
  assert.doesNotMatch(JSON.stringify(seen), /secret/);
});

test("a page, or a neighbour without the secret, borrows no identity", async () => {
  const path = PREFIX.replace("secret", "guess");
  for (const [fields, at] of [
    ["origin: http://evil.example", PREFIX],
    ["sec-fetch-site: cross-site", PREFIX],
    ["x: y", path],
    ["x: y", "/~/echo:80"],
    ["proxy-authorization: Basic Og==", ""],
    ["proxy-authorization: Bearer a-secret-of-the-test", ""],
  ] as const) {
    const head = `GET ${at}/attack HTTP/1.1\r\nhost: x\r\n${fields}\r\n\r\n`;
    const { statuses } = await rawHttp1(mesh.outbound, head, { answers: 1 });
    assert.deepEqual(statuses, [403], fields);
  }
  assert.deepEqual(mesh.takeSeen(), []);
  await mesh.assertAtRest();
});

test("an upgrade to HTTP/2 opens no tunnel: what follows is a request like any other", async () => {
  const upgrade = "connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk";
  const head = `GET ${PREFIX}/attack HTTP/1.1\r\nhost: x\r\n${upgrade}\r\n\r\n`;
  const inner = "GET /~wrong/echo:80/smuggled HTTP/1.1\r\nhost: x\r\n\r\n";
  const { statuses } = await rawHttp1(mesh.outbound, head + inner, { answers: 2 });
  assert.deepEqual(statuses, [200, 403]);
  assert.deepEqual(
    mesh.takeSeen().map(({ path, headers: seen }) => [path, seen.upgrade]),
    [["/attack", undefined]],
  );
  await mesh.assertAtRest();
});

test("bytes sent before a CONNECT is answered reach nobody when it is refused", async () => {
  const connect = "CONNECT echo:80 HTTP/1.1\r\nhost: echo:80\r\n\r\n";
  const inner = `GET ${PREFIX}/smuggled HTTP/1.1\r\nhost: x\r\n\r\n`;
  for (const then of [undefined, inner]) {
    const options = then === undefined ? {} : { then };
    const { statuses, wasClosed } = await rawHttp1(mesh.outbound, connect + inner, options);
    assert.deepEqual(statuses, [403]);
    assert.equal(wasClosed, true);
  }
  assert.deepEqual(mesh.takeSeen(), []);
  await mesh.assertAtRest();
});

async function see(fields: string) {
  const head = `GET ${PREFIX}/attack HTTP/1.1\r\nhost: x\r\n${fields}\r\n\r\n`;
  const { statuses } = await rawHttp1(mesh.outbound, head, { answers: 1 });
  assert.deepEqual(statuses, [200]);
  const [seen = assert.fail("nothing was seen"), ...more] = mesh.takeSeen();
  assert.deepEqual(more, []);
  return seen;
}

async function dial(t: TestContext): Promise<RawHttp2> {
  const peer = await RawHttp2.dial(mesh.caller, mesh.callee);
  t.after(() => peer.destroy());
  return peer;
}
