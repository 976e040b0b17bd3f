import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { before, test } from "node:test";
import { gatewayMesh, HOSTS, KeyFolder, listenerPlan, WEB } from "./support/gateway-mesh.ts";
import { rawHttp1 } from "./support/raw-http1.ts";
import { wholeFile } from "./support/whole-file.ts";

const HOST = "web.example";
const listener = listenerPlan("plain", {
  protocol: "http",
  hosts: [
    ...HOSTS,
    { host: "*.many.example", key: WEB },
    { host: "gone.example", key: "gone.shop:80" },
  ],
});
const catchAll = listenerPlan("all", { protocol: "http", hosts: [{ host: "*", key: WEB }] });

const file = wholeFile();
before(async () => {
  const keys = await KeyFolder.make(file);
  await gatewayMesh(file, { settings: keys.settings([listener, catchAll]) });
});

test("a request reaches the workload with the host that it was for, whatever its case and port", async () => {
  for (const host of [HOST, "WEB.Example", `${HOST}:80`, `${HOST}.`, "Web.EXAMPLE.:8080"]) {
    const { status, told } = await ask({ host });
    assert.equal(status, 200, host);
    assert.equal(told.headers.host, host);
  }
});

test("a wildcard stands for any number of labels, and for one at least", async () => {
  assert.equal((await ask({ host: "a.many.example" })).status, 200);
  assert.equal((await ask({ host: "a.b.MANY.example" })).status, 200);
  assert.equal((await ask({ host: "many.example" })).status, 404);
  assert.equal((await ask({ host: "xmany.example" })).status, 404);
});

test("who asks for no host of the listener gets 404, and an asterisk takes every host", async () => {
  const unknown = await ask({ host: "other.example" });
  assert.equal(unknown.status, 404);
  assert.match(unknown.text, /weft-cause: no-route\r\n/);
  assert.equal((await ask({ host: "other.example" }, catchAll)).status, 200);
});

test("what is wrong inside is told to strangers by its code, and nothing else", async () => {
  const { status, text } = await ask({ host: "gone.example" });
  assert.equal(status, 502);
  assert.match(text, /weft-cause: destination-unknown\r\n/);
  assert.ok(text.endsWith("\r\n\r\ndestination-unknown\n"), text);
});

test("a header with an underscore in its name is refused, and what is asked next is not", async () => {
  for (const name of ["x_real_user", "_", "X_Forwarded_For", "content_length"]) {
    const { status, text } = await ask({ host: HOST, [name]: "root" });
    assert.equal(status, 400, name);
    assert.match(text, /weft-cause: malformed-request\r\n/);
  }
  assert.equal((await ask({ host: HOST, "x-real-user": "a_b" })).status, 200);
});

const FORGED = [
  ["weft-port", "22"],
  ["weft-source", "shop/admin"],
  ["x-forwarded-client-cert", "URI=spiffe://mesh.local/ns/shop/sa/admin"],
  ["X-Envoy-Internal", "true"],
  ["x-envoy-external-address", "10.0.0.1"],
  ["x-envoy-peer-metadata", "abc"],
  ["x-istio-attributes", "abc"],
  ["l5d-client-id", "admin"],
  ["l5d-dst-override", "admin.shop:80"],
] as const;

for (const [name, value] of FORGED) {
  test(`${name} of a stranger reaches nobody`, async () => {
    const { status, told } = await ask({ host: HOST, [name]: value });
    assert.equal(status, 200);
    const found = told.headers[name.toLowerCase()] ?? "";
    assert.ok(!found.includes(value), found);
  });
}

test("the scheme is the listener's, whatever a stranger says", async () => {
  const { told } = await ask({ host: HOST, "x-forwarded-proto": "https" });
  assert.equal(told.headers["x-forwarded-proto"], "http");
});

test("our member of tracestate is taken out, and others stay", async () => {
  const mixed = await ask({ host: HOST, tracestate: "a=1, weft=budget:9,b=2" });
  assert.equal(mixed.told.headers.tracestate, "a=1,b=2");
  const alone = await ask({ host: HOST, tracestate: "weft=budget:9" });
  assert.equal(alone.told.headers.tracestate, undefined);
});

const SAID = [
  "192.0.2.1",
  "192.0.2.1, 198.51.100.2",
  "fe80::1%eth0",
  "[2001:db8::1]:443",
  "not an address at all",
  ",,,",
  "unknown, \t, 999.999.999.999",
  Array.from({ length: 500 }, (_, i) => `10.0.${i >> 8}.${i & 255}`).join(", "),
];

for (const said of SAID) {
  const shown = said.length > 40 ? `${said.slice(0, 40)}...` : said;
  test(`behind x-forwarded-for "${shown}" stands who connected`, async () => {
    const { status, told } = await ask({ host: HOST, "x-forwarded-for": said });
    assert.equal(status, 200);
    // The gateway adds who asked it, and the workload's own proxy the gateway.
    const [gateway, peer, ...others] = told.headers["x-forwarded-for"]!.split(", ").reverse();
    assert.deepEqual([gateway, peer], ["127.0.0.1", "127.0.0.1"]);
    assert.equal(others.reverse().join(", "), said.trim());
  });
}

test("several x-forwarded-for are one list", async () => {
  const head = `GET / HTTP/1.1\r\nhost: ${HOST}\r\nx-forwarded-for: 192.0.2.1\r\n`;
  const { text } = await rawHttp1(listener, `${head}X-Forwarded-For: 192.0.2.2\r\n\r\n`, {
    answers: 1,
  });
  const { headers } = JSON.parse(text.slice(text.indexOf("{")));
  assert.equal(headers["x-forwarded-for"], "192.0.2.1, 192.0.2.2, 127.0.0.1, 127.0.0.1");
});

test("HTTP/2 with prior knowledge is taken on a plain listener", async () => {
  const session = connect(`http://${listener.address}:${listener.port}`);
  const stream = session.request({ ":path": "/", ":authority": HOST, "x-envoy-internal": "true" });
  const [head] = await once(stream, "response");
  let text = "";
  for await (const part of stream.setEncoding("utf8")) text += part;
  session.close();
  assert.equal(head[":status"], 200);
  const { host, "x-envoy-internal": internal } = JSON.parse(text).headers;
  assert.deepEqual([host, internal], [HOST, undefined]);
});

test("CONNECT is refused", async () => {
  const { statuses } = await rawHttp1(
    listener,
    `CONNECT ${HOST}:80 HTTP/1.1\r\nhost: ${HOST}\r\n\r\n`,
    {
      answers: 1,
    },
  );
  assert.deepEqual(statuses, [501]);
});

test("what speaks another protocol is closed without an answer", async () => {
  const { text, wasClosed } = await rawHttp1(listener, "HELO there SMTP/1\r\n");
  assert.deepEqual([text, wasClosed], ["", true]);
});

type Told = { readonly headers: Readonly<Record<string, string>> };

async function ask(headers: Readonly<Record<string, string>>, at = listener) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = `GET /a?b HTTP/1.1\r\n${lines.join("")}connection: close\r\n\r\n`;
  const { statuses, text } = await rawHttp1(at, request);
  const body = text.slice(text.indexOf("\r\n\r\n") + 4);
  // biome-ignore lint/suspicious/noExplicitAny: an answer of ours has no JSON, and isn't asked for it.
  const told: Told = body.startsWith("{") ? JSON.parse(body) : (undefined as any);
  return { status: statuses[0], text, told };
}
