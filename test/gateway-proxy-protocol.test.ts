import assert from "node:assert/strict";
import { before, test } from "node:test";
import { encodeProxyHeader } from "#proxy/detection/encode-proxy-header.ts";
import { PROXY_SIGNATURE } from "#proxy/detection/proxy-protocol.ts";
import type { GatewayListenerPlan, ProxyProtocolPlan } from "#snapshot/gateway-plan.ts";
import { gatewayMesh, HOSTS, KeyFolder, listenerPlan } from "./support/gateway-mesh.ts";
import { sampleOf } from "./support/gateway-metrics.ts";
import { throughProxyHeader } from "./support/proxy-header-peer.ts";
import { rawHttp1 } from "./support/raw-http1.ts";
import type { RunningProxy } from "./support/small-mesh.ts";
import { wholeFile } from "./support/whole-file.ts";

const REQUEST = "GET / HTTP/1.1\r\nhost: web.example\r\nconnection: close\r\n\r\n";
const FROM_LOOPBACK: ProxyProtocolPlan = { kind: "required", from: ["10.0.0.0/8", "127.0.0.0/8"] };
const FROM_OTHERS: ProxyProtocolPlan = { kind: "required", from: ["192.0.2.0/24", "::/0"] };
const SOURCE = { address: "198.51.100.7", port: 4711 };
const GATEWAY = { address: "192.0.2.1", port: 443 };

const file = wholeFile();
const plain = listenerPlan("plain", { protocol: "http", hosts: HOSTS }, FROM_LOOPBACK);
const foreign = listenerPlan("foreign", { protocol: "http", hosts: HOSTS }, FROM_OTHERS);
const off = listenerPlan("off", { protocol: "http", hosts: HOSTS });
let keys: KeyFolder;
let secure: GatewayListenerPlan;
let gateway: RunningProxy;

before(async () => {
  keys = await KeyFolder.make(file);
  const certificates = [await keys.issue(["web.example"])];
  const service = { protocol: "https", hosts: HOSTS, certificates } as const;
  secure = listenerPlan("secure", service, FROM_LOOPBACK);
  const settings = keys.settings([plain, foreign, off, secure]);
  ({ gateway } = await gatewayMesh(file, { settings }));
});

const v2 = (hex: string): string =>
  Buffer.concat([PROXY_SIGNATURE, Buffer.from(hex.replaceAll(" ", ""), "hex")]).toString("latin1");

const TAKEN = {
  "version 1 over IPv4": ["PROXY TCP4 198.51.100.7 192.0.2.1 4711 443\r\n", "198.51.100.7"],
  "version 1 over IPv6": ["PROXY TCP6 2001:db8::7 2001:db8::1 4711 443\r\n", "2001:db8::7"],
  "version 1 that knows nobody": ["PROXY UNKNOWN\r\n", "127.0.0.1"],
  "version 2 over IPv4": [v2("21 11 000c c6336407 c0000201 1267 01bb"), "198.51.100.7"],
  "version 2 over IPv6": [encoded("2001:db8::7", "2001:db8::1"), "2001:db8::7"],
  "version 2 with IPv4 in IPv6": [encoded("::ffff:198.51.100.7", "2001:db8::1"), "198.51.100.7"],
  "version 2 with a TLV": [v2("21 11 0010 c6336407 c0000201 1267 01bb 04 0001 00"), "198.51.100.7"],
  "version 2 of its own (LOCAL)": [v2("20 00 0000"), "127.0.0.1"],
} as const;

for (const [name, [header, source]] of Object.entries(TAKEN)) {
  test(`${name} names ${source}`, async () => {
    assert.equal(await forwardedFor(header + REQUEST), `${source}, 127.0.0.1`);
  });
}

const REFUSED = {
  "no header at all": REQUEST,
  "a line with a stray blank": "PROXY  TCP4 198.51.100.7 192.0.2.1 4711 443\r\n",
  "a port over 65535": "PROXY TCP4 198.51.100.7 192.0.2.1 70000 443\r\n",
  "another version": v2("31 11 000c c6336407 c0000201 1267 01bb"),
  "addresses cut short": v2("21 11 0008 c6336407 c0000201"),
  "a TLV longer than the header": v2("21 11 0010 c6336407 c0000201 1267 01bb 04 00ff 00"),
  "a TLV cut in its head": v2("21 11 000e c6336407 c0000201 1267 01bb 04 00"),
  "a length that nobody needs": v2("21 11 ffff c6336407 c0000201 1267 01bb"),
} as const;

for (const [name, header] of Object.entries(REFUSED)) {
  test(`${name} is closed without an answer, and counted`, async () => {
    const before = await refusals("plain", "proxy-malformed");
    const { text, wasClosed } = await rawHttp1(plain, header + REQUEST);
    assert.deepEqual([text, wasClosed], ["", true]);
    assert.equal(await refusals("plain", "proxy-malformed"), before + 1);
  });
}

test("a header may come byte by byte, and what follows it in the same read is the request", async () => {
  const header = "PROXY TCP4 198.51.100.7 192.0.2.1 4711 443\r\n";
  for (const at of [1, 5, 6, header.length - 1]) {
    const { text } = await rawHttp1(plain, header.slice(0, at), {
      // biome-ignore lint/suspicious/noThenProperty: what is said then.
      then: header.slice(at) + REQUEST,
      thenAfterMs: 10,
    });
    assert.match(text, /"x-forwarded-for":"198\.51\.100\.7, 127\.0\.0\.1"/);
  }
});

test("a second header is no request", async () => {
  const header = "PROXY TCP4 198.51.100.7 192.0.2.1 4711 443\r\n";
  const { statuses } = await rawHttp1(plain, header + header + REQUEST);
  assert.ok(!statuses.includes(200));
});

test("a peer that isn't trusted is refused before it says anything", async () => {
  const { text, wasClosed } = await rawHttp1(foreign, TAKEN["version 1 over IPv4"][0] + REQUEST);
  assert.deepEqual([text, wasClosed], ["", true]);
  assert.equal(await refusals("foreign", "proxy-untrusted"), 1);
});

test("where it is off, a header is no request either", async () => {
  const { statuses } = await rawHttp1(off, TAKEN["version 1 over IPv4"][0] + REQUEST);
  assert.ok(!statuses.includes(200));
});

for (const cut of [0, 20]) {
  test(`TLS begins behind the header, ${cut} bytes of it in another read`, async () => {
    const text = await throughProxyHeader(secure, {
      ...{ header: encodeProxyHeader(SOURCE, GATEWAY), cut, request: REQUEST },
      ...{ servername: "web.example", ca: keys.authority.rootPem },
    });
    assert.match(text, /"x-forwarded-for":"198\.51\.100\.7, 127\.0\.0\.1"/);
  });
}

function encoded(source: string, destination: string): string {
  const header = encodeProxyHeader(
    { address: source, port: 4711 },
    { address: destination, port: 443 },
  );
  return header.toString("latin1");
}

function refusals(listener: string, cause: string): Promise<number> {
  return sampleOf(gateway, "weft_gateway_connections_refused_total", { listener, cause });
}

async function forwardedFor(bytes: string): Promise<string> {
  const { text } = await rawHttp1(plain, bytes);
  return JSON.parse(text.slice(text.indexOf("{"))).headers["x-forwarded-for"];
}
