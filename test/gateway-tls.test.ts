import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { request } from "node:https";
import { connect as connectPlain } from "node:net";
import { before, test } from "node:test";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import type { GatewayListenerPlan } from "#snapshot/gateway-plan.ts";
import { gatewayMesh, HOSTS, KeyFolder, listenerPlan } from "./support/gateway-mesh.ts";
import { sampleOf } from "./support/gateway-metrics.ts";
import type { RunningProxy } from "./support/small-mesh.ts";
import { wholeFile } from "./support/whole-file.ts";

const file = wholeFile();
let keys: KeyFolder;
let gateway: RunningProxy;
let secure: GatewayListenerPlan;
let strict: GatewayListenerPlan;

before(async () => {
  keys = await KeyFolder.make(file);
  const certificates = [
    await keys.issue(["web.example"]),
    await keys.issue(["*.many.example"]),
    await keys.issue(["*"], ["default.example"]),
  ];
  secure = listenerPlan("secure", { protocol: "https", hosts: HOSTS, certificates });
  const [only] = certificates;
  strict = listenerPlan("strict", { protocol: "https", hosts: HOSTS, certificates: [only!] });
  ({ gateway } = await gatewayMesh(file, { settings: keys.settings([secure, strict]) }));
});

for (const [servername, shown] of [
  ["web.example", "web.example"],
  ["WEB.example", "web.example"],
  ["a.many.example", "*.many.example"],
  ["a.b.many.example", "default.example"],
  ["many.example", "default.example"],
  ["__proto__", "default.example"],
  ["", "default.example"],
] as const) {
  test(`who asks for "${servername}" is shown the certificate of ${shown}`, async () => {
    const socket = await handshake(secure, { servername });
    assert.equal(socket.getPeerX509Certificate()?.subjectAltName, `DNS:${shown}`);
    socket.destroy();
  });
}

test("without a certificate for all others nobody else gets a handshake", async () => {
  const socket = await handshake(strict, { servername: "web.example" });
  await assert.rejects(handshake(strict, { servername: "other.example" }));
  await assert.rejects(handshake(strict, { servername: "" }));
  const labels = { listener: "strict", cause: "handshake-failed" };
  assert.equal(await sampleOf(gateway, "weft_gateway_connections_refused_total", labels), 2);
  socket.destroy();
});

test("TLS 1.3 is preferred, 1.2 is taken, and 1.1 is not", async () => {
  const newest = await handshake(secure, {});
  assert.equal(newest.getProtocol(), "TLSv1.3");
  const older = await handshake(secure, { maxVersion: "TLSv1.2" });
  assert.equal(older.getProtocol(), "TLSv1.2");
  assert.match(older.getCipher().name, /^ECDHE-ECDSA-.*(GCM|CHACHA20)/);
  newest.destroy();
  older.destroy();
  const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" } as const;
  await assert.rejects(handshake(secure, old));
});

for (const [offered, agreed] of [
  [["h2", "http/1.1"], "h2"],
  [["http/1.1"], "http/1.1"],
  [[], false],
] as const) {
  test(`of [${offered.join(", ")}] it speaks ${agreed || "HTTP/1.1"}`, async () => {
    const socket = await handshake(secure, { ALPNProtocols: [...offered] });
    assert.equal(socket.alpnProtocol, agreed);
    socket.destroy();
  });
}

test("who offers only another protocol gets no handshake", async () => {
  await assert.rejects(handshake(secure, { ALPNProtocols: ["weft/1"] }));
});

test("a request over TLS reaches the workload in HTTP/1.1", async () => {
  const { status, headers } = await askHttp1();
  assert.equal(status, 200);
  assert.equal(headers["x-forwarded-proto"], "https");
  assert.equal(headers["host"], "web.example");
});

test("a request over TLS reaches the workload in HTTP/2, and many share a connection", async () => {
  const session = connectHttp2(`https://${secure.address}:${secure.port}`, {
    servername: "web.example",
    ca: [keys.authority.rootPem],
  });
  const answers = await Promise.all(Array.from({ length: 20 }, () => askHttp2(session)));
  for (const { status, headers } of answers) {
    assert.equal(status, 200);
    assert.equal(headers["x-forwarded-proto"], "https");
    assert.equal(headers["host"], "web.example");
  }
  assert.equal((await askHttp2(session, { x_user: "root" })).status, 400);
  session.close();
});

test("a replaced certificate is shown to the next, and who is connected stays so", async () => {
  const session = connectHttp2(`https://${secure.address}:${secure.port}`, {
    servername: "web.example",
    ca: [keys.authority.rootPem],
  });
  assert.equal((await askHttp2(session)).status, 200);
  const before = await serialOf(secure);
  const certificates = [await keys.issue(["web.example"])];
  const next = { ...secure, certificates } as GatewayListenerPlan;
  assert.equal(gateway.dataPlane.replaceGateway(keys.settings([next, strict])), undefined);
  assert.notEqual(await serialOf(secure), before);
  assert.equal((await askHttp2(session)).status, 200);
  session.close();
});

test("a replacement that can't be served changes nothing", async () => {
  const before = await serialOf(secure);
  const [certificate] = secure.protocol === "https" ? secure.certificates : [];
  const broken = { ...secure, certificates: [{ ...certificate!, key: "missing" }] };
  const refuses = (listeners: readonly object[], reason: RegExp) => {
    const plans = listeners as GatewayListenerPlan[];
    assert.match(gateway.dataPlane.replaceGateway(keys.settings(plans)) ?? "", reason);
  };
  refuses([broken, strict], /"secure": the certificate for web.example: there is no key "missing"/);
  refuses([secure], /start another that takes over/);
  refuses([{ ...secure, port: secure.port + 1 }, strict], /start another that takes over/);
  assert.equal(await serialOf(secure), before);
});

test("bytes that are no TLS, and half a handshake, cost their connection only", async () => {
  for (const bytes of ["GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x00\x05garbage", "\x00"]) {
    const socket = connectPlain(secure.port, secure.address);
    socket.on("error", () => {});
    socket.end(bytes, "latin1");
    socket.resume();
    await once(socket, "close");
  }
  assert.equal((await askHttp1()).status, 200);
});

function handshake(at: GatewayListenerPlan, options: ConnectionOptions): Promise<TLSSocket> {
  const { address: host, port } = at;
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, rejectUnauthorized: false, ...options });
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("closed")));
  });
}

async function serialOf(at: GatewayListenerPlan): Promise<string | undefined> {
  const socket = await handshake(at, { servername: "web.example" });
  const { serialNumber } = socket.getPeerX509Certificate() ?? {};
  socket.destroy();
  return serialNumber;
}

type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
};

function askHttp1(): Promise<Answer> {
  const { address: host, port } = secure;
  const asked = { host, port, servername: "web.example", ca: [keys.authority.rootPem] };
  return new Promise((resolve, reject) => {
    const asking = request({ ...asked, headers: { host: "web.example" }, agent: false });
    asking.on("response", async (response) => {
      let text = "";
      for await (const part of response.setEncoding("utf8")) text += part;
      resolve({ status: response.statusCode ?? 0, headers: JSON.parse(text).headers });
    });
    asking.on("error", reject);
    asking.end();
  });
}

async function askHttp2(
  session: ReturnType<typeof connectHttp2>,
  further: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const stream = session.request({ ":path": "/", ":authority": "web.example", ...further });
  const [head] = await once(stream, "response");
  let text = "";
  for await (const part of stream.setEncoding("utf8")) text += part;
  return { status: head[":status"], headers: text.startsWith("{") ? JSON.parse(text).headers : {} };
}
