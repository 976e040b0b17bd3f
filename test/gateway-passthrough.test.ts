import assert from "node:assert/strict";
import { connect as connectPlain } from "node:net";
import { before, test } from "node:test";
import { connect } from "node:tls";
import { LIMITS } from "#base/limits.ts";
import { gatewayMesh, KeyFolder, listenerPlan, TLS } from "./support/gateway-mesh.ts";
import { sampleOf } from "./support/gateway-metrics.ts";
import type { RunningProxy } from "./support/small-mesh.ts";
import { TestAuthority } from "./support/test-authority.ts";
import { wholeFile } from "./support/whole-file.ts";

const file = wholeFile();
const passing = listenerPlan("passing", {
  protocol: "tls-passthrough",
  hosts: [
    { host: "secret.example", key: TLS },
    { host: "*.secret.example", key: TLS },
  ],
});
const all = listenerPlan("all", {
  protocol: "tls-passthrough",
  hosts: [{ host: "*", key: TLS }],
});
const tcp = listenerPlan("tcp", { protocol: "tcp", key: TLS });
let gateway: RunningProxy;
let authority: TestAuthority;

before(async () => {
  authority = await TestAuthority.create("Nobody but the workload's");
  const dns = ["secret.example", "a.secret.example", "other.example"];
  const secret = await authority.issue({ uris: [], dns });
  const keys = await KeyFolder.make(file);
  const settings = keys.settings([passing, all, tcp]);
  ({ gateway } = await gatewayMesh(file, { settings, secret }));
});

for (const servername of ["secret.example", "SECRET.example", "a.secret.example"]) {
  test(`TLS for ${servername} ends at the workload, whose own certificate is verified`, async () => {
    assert.equal(await readSecret(passing, servername), "only for you");
  });
}

test("TLS connections passed on are counted by the host that the plan has for them", async () => {
  const count = (host: string) =>
    sampleOf(gateway, "weft_gateway_connections_passed_total", { listener: "passing", host });
  const before = await count("*.secret.example");
  await readSecret(passing, "a.secret.example");
  assert.equal(await count("*.secret.example"), before + 1);
});

test("a TCP listener passes on whatever comes", async () => {
  assert.equal(await readSecret(tcp, "secret.example"), "only for you");
});

test("an asterisk takes every name, but not who names nobody", async () => {
  assert.equal(await readSecret(all, "other.example"), "only for you");
  const before = await refusals("all", "name-missing");
  await assert.rejects(readSecret(all, ""));
  assert.equal(await refusals("all", "name-missing"), before + 1);
});

test("a name that nobody has is closed and counted", async () => {
  const before = await refusals("passing", "name-unknown");
  await assert.rejects(readSecret(passing, "other.example"));
  // As who hides the name that is meant behind another one does (ECH).
  await assert.rejects(readSecret(passing, "cover.example"));
  assert.equal(await refusals("passing", "name-unknown"), before + 2);
});

test("what is no ClientHello is closed and counted", async () => {
  const before = await refusals("passing", "not-tls");
  const garbage = ["GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x00\x05garbage", "\x16\x03\x01"];
  for (const bytes of garbage) assert.equal(await say(bytes, true), "");
  const endless = `\x16\x03\x01\x40\x00\x01\x00\xff\xff${"\0".repeat(LIMITS.sniffBytesMax)}`;
  assert.equal(await say(endless, false), "");
  assert.equal(await refusals("passing", "not-tls"), before + 4);
});

test("who says nothing is closed in the end", async () => {
  const before = await refusals("passing", "hello-timeout");
  const startedMs = performance.now();
  assert.equal(await say("\x16", false), "");
  assert.ok(performance.now() - startedMs >= LIMITS.sniffTimeoutMs - 50);
  assert.equal(await refusals("passing", "hello-timeout"), before + 1);
});

function refusals(listener: string, cause: string): Promise<number> {
  return sampleOf(gateway, "weft_gateway_connections_refused_total", { listener, cause });
}

// Rejects where the handshake fails, or the certificate isn't the workload's own.
function readSecret(at: typeof passing, servername: string): Promise<string> {
  const { address: host, port } = at;
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, servername, ca: [authority.rootPem] });
    let text = "";
    socket.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    socket.on("end", () => (socket.authorized ? resolve(text) : reject(new Error("ended"))));
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("closed")));
  });
}

// What is answered until it is closed.
function say(bytes: string, ends: boolean): Promise<string> {
  return new Promise((resolve) => {
    const socket = connectPlain({ host: passing.address, port: passing.port, allowHalfOpen: true });
    let text = "";
    socket.on("data", (part: Buffer) => {
      text += part.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("end", () => socket.end());
    socket.on("close", () => resolve(text));
    socket.write(bytes, "latin1");
    if (ends) socket.end();
  });
}
