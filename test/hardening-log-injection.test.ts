// What peers say must not be read as what we say: case 19 of the hardening reference. All that is
// logged stays one JSON object a line, and all that is counted stays one sample a line.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { jsonLog } from "#base/log.ts";
import { parseOpenMetrics } from "#proxy/telemetry/parse-open-metrics.ts";
import { listenOn } from "./support/listen-on.ts";
import { MeshFixture, slotWith, WEB } from "./support/mesh-fixture.ts";
import { OPEN_METRICS } from "./support/open-metrics.ts";
import { rawHttp1 } from "./support/raw-http1.ts";
import { get, headers, RawHttp2 } from "./support/raw-http2.ts";
import { type RunningProxy, SECRET, smallMesh } from "./support/small-mesh.ts";
import { TestAuthority } from "./support/test-authority.ts";
import { probeTls } from "./support/tls-probe.ts";

const FORGED = "forged";
// Ends of quoted values, a backslash, escape sequences in both forms, and no UTF-8; ends of lines
// besides where the protocol lets them through.
const NASTY = `"} 1 ${FORGED}\\" \\n \x1b[2J \x9b31m \xff\xc3( '`;
const NASTIEST = `"}\r\n${FORGED} 1\n{"level":"info","${FORGED}":1}\n\0${NASTY}`;
const ENCODED = encodeURIComponent(NASTIEST);
const DOCUMENTS = {
  "mesh.yaml": `
apiVersion: v1
kind: Service
metadata: { name: echo, namespace: shop }
spec:
  selector: { app: echo }
  ports: [{ name: http, port: 80, targetPort: 9000 }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller, namespace: shop, labels: { app: caller } }
spec: { command: ["true"], serviceAccount: caller }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: echo, namespace: shop, labels: { app: echo } }
spec:
  command: ["true"]
  serviceAccount: echo
  ports: [{ name: http, port: 9000, protocol: http }]
`,
};

test("what requests and answers contain forges no line of the log and no sample", async (t) => {
  const { caller, callee, lines } = await liarsMesh(t);
  const peer = await RawHttp2.dial(caller, callee);
  t.after(() => peer.destroy());
  const asked = nastyRequests();
  for (const text of asked) await rawHttp1(caller.settings.outbound, text, { answers: 1 });
  const heads = nastyHeads();
  for (const [i, fields] of heads.entries()) peer.send(headers(2 * i + 1, fields));
  const last = 2 * heads.length - 1;
  assert.ok(await peer.until(() => peer.answersTo(last).length > 0));
  // Samples, of what the liar said among them.
  const statuses = new Set<string>();
  for (const proxy of [caller, callee]) {
    for (const { labels } of await samplesOf(proxy)) {
      statuses.add(labels.get("grpc_response_status") ?? "");
    }
  }
  // What is no status counts as unknown.
  assert.deepEqual([...statuses].sort(), ["", "2"]);
  assert.ok(lines.length > 0);
  assertWhole(lines);
});

test("identities that are none forge no line of the log", async (t) => {
  const lines: string[] = [];
  const log = jsonLog((line) => lines.push(line), systemClock, "proxy");
  const authority = await TestAuthority.create();
  const own = slotWith(await authority.issue({ uris: [WEB] }));
  const listening = await MeshFixture.listen(t, own);
  const names = [NASTIEST, `spiffe://mesh.local/ns/a/sa/${NASTIEST}`, `spiffe://${NASTY}/`];
  for (const name of names) {
    // An URI in a certificate is ASCII.
    const ascii = name.replaceAll(/[^\0-\x7f]/g, "?");
    await probeTls(listening.target, await authority.issue({ uris: [ascii] }));
  }
  await listening.until(({ refused }) => refused.length === names.length);
  for (const detail of listening.refused)
    log.warn("Refused a connection to the mesh port", { detail });
  assert.equal(lines.filter((line) => line.includes(FORGED)).length, names.length);
  assertWhole(lines);
});

function nastyRequests(): string[] {
  const prefix = `/~${SECRET}/echo:80`;
  const get = (target: string, fields: string) => `GET ${target} HTTP/1.1\r\n${fields}\r\n\r\n`;
  return [
    get(`${prefix}/grpc`, "host: echo\r\ncontent-type: application/grpc"),
    get(`${prefix}/${ENCODED}`, `host: echo\r\nuser-agent: ${NASTY.replaceAll("\x1b", "")}`),
    get(`${prefix}/${NASTY}`, "host: echo"),
    get(`${prefix}/x`, `host: ${NASTY}`),
    get(`${prefix}/x`, `host: echo\r\nx-request-id: ${NASTIEST}`),
    get(`/~${SECRET}/${ENCODED}:80/x`, "host: echo"),
    get(`/~${SECRET}/${FORGED}"}:80/x`, "host: echo"),
    get(`/~${ENCODED}/echo:80/x`, "host: echo"),
    `${NASTIEST}\r\n\r\n`,
    `G"ET ${prefix}/x HTTP/1.1\r\nhost: echo\r\n\r\n`,
    `${FORGED.toUpperCase()} ${prefix}/x HTTP/1.1\r\nhost: echo\r\n\r\n`,
    `CONNECT ${FORGED}:80 HTTP/1.1\r\nhost: ${FORGED}:80\r\n\r\n`,
  ];
}

function nastyHeads(): string[][] {
  return [
    get("/grpc", "content-type", "application/grpc"),
    get(`/${ENCODED}`, "x-a", NASTY.replaceAll("\x1b", "")),
    get("/x", "weft-source", NASTIEST),
    get("/x", "x-a", NASTIEST),
    get(NASTIEST),
    get("/x", NASTIEST, "a"),
    [...get("/x").slice(0, -1), NASTY],
    get("/x"),
  ];
}

// Each of them one object, and nothing in it that a terminal obeys.
function assertWhole(lines: readonly string[]): void {
  for (const line of lines) {
    assert.match(line, /^[^\p{Cc}]*\n$/u);
    const { time, level, message, [FORGED]: forged } = JSON.parse(line);
    for (const field of [time, level, message]) assert.equal(typeof field, "string");
    assert.equal(forged, undefined);
  }
}

async function samplesOf({ settings }: RunningProxy) {
  const { address, port } = settings.metrics;
  const text = await (await fetch(`http://${address}:${port}/metrics`, OPEN_METRICS)).text();
  const samples = parseOpenMetrics(text).flatMap((family) => family.samples);
  assert.ok(samples.length > 10);
  assert.ok(!samples.some(({ name, labels }) => name.includes(FORGED) || labels.has(FORGED)));
  assert.doesNotMatch(text, /[^\P{Cc}\n]/u);
  return samples;
}

// The application lies, too.
async function liarsMesh(t: TestContext): Promise<{
  caller: RunningProxy;
  callee: RunningProxy;
  lines: string[];
}> {
  const lines: string[] = [];
  const log = jsonLog((line) => lines.push(line), systemClock, "test", "debug");
  const status = NASTY.replaceAll("\x1b", "");
  const liar = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () => {
      const fields = `content-length: 0\r\ncontent-type: application/grpc\r\ngrpc-status: ${status}`;
      socket.write(`HTTP/1.1 200 ${status}\r\n${fields}\r\n\r\n`, "latin1");
    });
  });
  const mesh = await smallMesh(DOCUMENTS, log);
  t.after(async () => {
    await mesh.close();
    liar.close();
  });
  const port = await listenOn(liar);
  const callee = await mesh.proxy("echo", { application: { declared: 9000, port } });
  const caller = await mesh.proxy("caller");
  return { caller, callee, lines };
}
