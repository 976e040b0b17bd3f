// Bodies of live requests: kept by the proxies where documents allow it and somebody wants them,
// and told through the control plane to `weft tap`, without secrets.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect } from "node:http2";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { TappedBodies, TappedEvent } from "#api/tap.ts";
import { LIMITS } from "#base/limits.ts";
import { adminOf } from "./support/admin-of.ts";
import { runWeft } from "./support/run-weft.ts";
import { type Answerer, httpRoute, trafficMesh } from "./support/traffic-mesh.ts";
import { untilWatched } from "./support/until-watched.ts";

const JSON_TYPE = { "content-type": "application/json" };
const LOGIN = '{"user":"ann","password":"ZZ","card":{"iban":"ZZ"}}';

test("without a word of the documents nobody sees a body, and nobody without role write", async (t) => {
  const closed = await bodyMesh(t, "none");
  const refused = await closed.weftTap(["--body", "--for", "1s"]);
  assert.equal(refused.code, 1);
  assert.match(refused.error, /no MeshConfig allows it \(spec\.tap\.bodies is none\)/);
  const open = await bodyMesh(t, "structured");
  const query = { kind: "namespace", bodyBytesMax: 100 };
  const answer = await open.ask("read-token", query);
  assert.equal(answer.status, 403);
  assert.match(await answer.text(), /needs role write/);
  assert.match(open.log(), /Refused to show bodies.*"role":"read"/);
  const tooMuch = await open.ask("admin-token", { ...query, bodyBytesMax: 65_537 });
  assert.equal(tooMuch.status, 400);
});

test("bodies are shown without secrets, below the end of their exchange", async (t) => {
  const { send, weftTap, watched } = await bodyMesh(t, "structured", (_, response) => {
    response.writeHead(200, JSON_TYPE).end('{"access_token":"ZZ","n":1}');
  });
  const watching = weftTap(["deploy/caller", "--body", "--for", "3s"]);
  await watched();
  await send("/login", { method: "POST", headers: JSON_TYPE, body: LOGIN });
  const { out } = await watching;
  const lines = out.split("\n");
  const end = lines.findIndex((line) => line.startsWith("end "));
  assert.deepEqual(lines.slice(end + 1), [
    "    request-body=51B (application/json)",
    '        {"user":"ann","password":"<redacted>","card":{"iban":"<redacted>"}}',
    "    response-body=27B (application/json)",
    '        {"access_token":"<redacted>","n":1}',
    "",
  ]);
});

test("both sides tell them alike, over HTTP/1 and HTTP/2, and the audit says how many", async (t) => {
  const mesh = await bodyMesh(t, "structured", (_, response) => {
    response.writeHead(200, JSON_TYPE).end('{"token":"ZZ","n":1}');
  });
  const watching = mesh.weftTap(["ns/shop", "--body", "-o", "json", "--for", "4s"]);
  await mesh.watched();
  await mesh.send("/one", { method: "POST", headers: JSON_TYPE, body: LOGIN });
  await mesh.sendHttp2("/two", LOGIN);
  const { out } = await watching;
  assert.doesNotMatch(out, /ZZ/);
  const told = bodiesIn(out);
  assert.equal(told.length, 4);
  for (const { request: asked, response } of told) {
    assert.equal(asked.text, LOGIN.replaceAll("ZZ", "<redacted>"));
    assert.deepEqual([asked.size, asked.truncated], [LOGIN.length, false]);
    assert.equal(response.text, '{"token":"<redacted>","n":1}');
  }
  const log = mesh.log();
  assert.match(log, /Somebody watches requests and their bodies.*"role":"write","by":"token"/);
  assert.match(log, /"from":"127\.0\.0\.1:\d+"/);
  assert.match(log, /Nobody watches these requests and their bodies any more.*"bodies":8/);
  assert.doesNotMatch(log, /ann|password/);
});

test("who doesn't ask for bodies gets none, while another does", async (t) => {
  const { send, weftTap, watched } = await bodyMesh(t, "structured");
  const withBodies = weftTap(["deploy/caller", "--body", "-o", "json", "--for", "4s"]);
  await watched();
  const without = weftTap(["deploy/caller", "-o", "json", "--for", "3s"]);
  await wait(1_500);
  await send("/a", { method: "POST", headers: JSON_TYPE, body: LOGIN });
  assert.equal(bodiesIn((await withBodies).out).length, 1);
  const { out } = await without;
  assert.match(out, /"phase":"end"/);
  assert.doesNotMatch(out, /bodies|ann/);
});

test("what is long is cut off, and goes its way byte by byte all the same", async (t) => {
  const large = `[${Array.from({ length: 60_000 }, (_, i) => i).join(",")}]`;
  const { send, weftTap, watched } = await bodyMesh(t, "structured", ({ body }, response) => {
    response.writeHead(200, JSON_TYPE).end(body);
  });
  const watching = weftTap(["ns/shop", "--body-max", "100", "-o", "json", "--for", "4s"]);
  await watched();
  const posted = { method: "POST", headers: JSON_TYPE, body: large };
  const answers = await Promise.all(Array.from({ length: 8 }, () => send("/large", posted)));
  for (const answer of answers) assert.equal(answer, large);
  const told = bodiesIn((await watching).out);
  assert.equal(told.length, 16);
  for (const { request: asked, response } of told) {
    for (const { size, text, truncated } of [asked, response]) {
      assert.deepEqual([size, text, truncated], [large.length, large.slice(0, 100), true]);
    }
  }
});

test("what is compressed, binary or a conversation is told by size and type", async (t) => {
  const zipped = gzipSync('{"password":"ZZ"}');
  const { send, weftTap, watched, upgrade } = await bodyMesh(t, "structured", (_, response) => {
    response.writeHead(200, { ...JSON_TYPE, "content-encoding": "gzip" }).end(zipped);
  });
  const watching = weftTap(["deploy/caller", "--body", "-o", "json", "--for", "4s"]);
  await watched();
  const binary = { "content-type": "application/grpc" };
  await send("/rpc", { method: "POST", headers: binary, body: "\0\0\0\0\x02ZZ" });
  await upgrade("/chat");
  await send("/none", { method: "HEAD" });
  const [rpc, chat, none] = bodiesIn((await watching).out);
  assert.equal(rpc?.request.withheld, "forbidden");
  assert.deepEqual([rpc?.request.size, rpc?.request.type], [7, "application/grpc"]);
  assert.equal(rpc?.request.base64 ?? rpc?.request.text, undefined);
  assert.equal(rpc?.response.withheld, "encoded");
  assert.deepEqual([rpc?.response.size, rpc?.response.encoding], [zipped.length, "gzip"]);
  assert.equal(chat?.response.withheld, "upgrade");
  assert.deepEqual([none?.request.size, none?.response.size], [0, 0]);
});

test("with everything allowed bytes are shown as they are, and JSON still without secrets", async (t) => {
  const bytes = Buffer.from([0, 0, 0, 0, 3, 8, 255, 1]);
  const { send, weftTap, watched } = await bodyMesh(t, "all", (_, response) => {
    response.writeHead(200, { "content-type": "application/grpc" }).end(bytes);
  });
  const watching = weftTap(["deploy/caller", "--body", "-o", "json", "--for", "3s"]);
  await watched();
  await send("/rpc", { method: "POST", headers: { "content-type": "x/y" }, body: LOGIN });
  const [told] = bodiesIn((await watching).out);
  assert.equal(told?.response.base64, bytes.toString("base64"));
  assert.equal(told?.request.text, LOGIN.replaceAll("ZZ", "<redacted>"));
});

test("of a request that is taken back, what came is told", async (t) => {
  const { weftTap, watched, url } = await bodyMesh(t, "structured", () => {});
  const watching = weftTap(["deploy/caller", "--body", "-o", "json", "--for", "4s"]);
  await watched();
  const asking = request(`${url}/slow`, { method: "POST", headers: JSON_TYPE, agent: new Agent() });
  asking.on("error", () => {});
  asking.write('{"user":"ann","password":"Z');
  await wait(500);
  asking.destroy();
  const [told] = bodiesIn((await watching).out);
  assert.equal(told?.request.text, '{"user":"ann","password":"<redacted>"');
  assert.deepEqual([told?.request.size, told?.request.unfinished], [27, true]);
});

test("who reads nothing of what it asked for holds up no request", async (t) => {
  const { send, ask, watched, log } = await bodyMesh(t, "all", ({ body }, response) => {
    response.end(body);
  });
  const bodyBytesMax = LIMITS.tapBodyBytesMax;
  const watching = await ask("admin-token", {
    kind: "namespace",
    perSecondMax: 1_000,
    bodyBytesMax,
  });
  await watched();
  const body = randomBytes(48 * 1024).toString("hex");
  for (let i = 0; i < 60; i++) {
    assert.equal(await send("/echo", { method: "POST", body }), body);
  }
  await watching.body?.cancel();
  for (let i = 0; i < 200 && !/Nobody watches/.test(log()); i++) await wait(20);
  const [, bodies] = /Nobody watches.*"bodies":(\d+)/.exec(log()) ?? [];
  assert.ok(Number(bodies) > 0, `${bodies} bodies`);
});

async function bodyMesh(t: TestContext, bodies: string, answer?: Answerer) {
  const rule = "      matches: [{ path: { type: PathPrefix, value: / } }]";
  const rules = `{ bodies: ${bodies}, redact: { fields: [iban] } }`;
  const config = `---
apiVersion: weft.dev/v1alpha1
kind: MeshConfig
metadata: { name: mesh }
spec: { tap: ${rules} }
`;
  const mesh = await trafficMesh(t, {
    route: `${httpRoute(rule)}\n${config}`,
    answer: answer ?? ((_, response) => response.end("ok")),
  });
  const { folder, lines } = await adminOf(t, mesh.control);
  const { adminUrl } = JSON.parse(readFileSync(join(folder, ".weft/mesh.json"), "utf8")) as {
    adminUrl: string;
  };
  return {
    url: mesh.url,
    log: () => lines.join(""),
    send: async (path: string, init: RequestInit) =>
      (await fetch(`${mesh.url}${path}`, init)).text(),
    sendHttp2: (path: string, body: string) => sendHttp2(mesh.url, path, body),
    upgrade: (path: string) => upgrade(`${mesh.url}${path}`),
    weftTap: (args: readonly string[]) => runWeft(["tap", ...args, "--mesh", folder]),
    ask: (token: string, query: object) => {
      const secret = readFileSync(join(folder, ".weft", token), "utf8").trim();
      const headers = { ...JSON_TYPE, authorization: `Bearer ${secret}` };
      const body = JSON.stringify(query);
      return fetch(`${adminUrl}/api/v1/tap`, { method: "POST", headers, body });
    },
    watched: () => untilWatched(lines),
  };
}

function bodiesIn(out: string): readonly TappedBodies[] {
  const events = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as TappedEvent);
  return events.flatMap((event) => (event.phase === "end" && event.bodies ? [event.bodies] : []));
}

async function sendHttp2(url: string, path: string, body: string): Promise<void> {
  const { origin, pathname } = new URL(url);
  const session = connect(origin);
  const stream = session.request({
    ":method": "POST",
    ":path": `${pathname}${path}`,
    ...JSON_TYPE,
  });
  stream.end(body);
  stream.resume();
  await once(stream, "end");
  session.close();
}

// Asks for a conversation with who wants none.
async function upgrade(url: string): Promise<void> {
  const headers = { connection: "upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
  const key = { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
  const asking = request(url, { headers: { ...headers, ...key }, agent: new Agent() });
  asking.end();
  const [answer] = await once(asking, "response");
  answer.resume();
  await once(answer, "end");
}
