// Who speaks to whom, proved by both certificates; and who is turned away.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { JoinAnswer } from "#api/join.ts";
import { generateKeyPem } from "#identity/key-pair.ts";
import { ControlPeer } from "./support/control-peer.ts";
import { documentOf, echoService, echoWorkload } from "./support/echo-documents.ts";
import { dependencyUrl } from "./support/mesh-processes.ts";
import { Requester } from "./support/requester.ts";
import { RunningMesh } from "./support/running-mesh.ts";
import { TestAuthority } from "./support/test-authority.ts";
import { probePlaintext, probeTls } from "./support/tls-probe.ts";
import { credentialsOf, meshPortOf } from "./support/workload-credentials.ts";

const CALLER = "spiffe://mesh.local/ns/shop/sa/caller";
const FRONT = "spiffe://mesh.local/ns/shop/sa/front";
const ECHO = "spiffe://mesh.local/ns/shop/sa/echo";
const GUEST = "spiffe://mesh.local/ns/shop/sa/guest";

const requester = new Requester(2);
let mesh: RunningMesh;
let frontUrl: string;
let echoUrl: string;

before(async () => {
  const guest = documentOf("v1", "ServiceAccount", {
    metadata: { name: "guest", namespace: "shop", annotations: { "weft.dev/joinable": "true" } },
  });
  mesh = await RunningMesh.start({
    documents: {
      "mesh.yaml":
        echoWorkload({ name: "caller", isServed: false, dependencies: ["front", "echo"] }) +
        echoWorkload({ name: "front", dependencies: ["echo"] }) +
        echoService("front") +
        echoWorkload({ name: "echo" }) +
        echoService("echo") +
        guest,
    },
  });
  frontUrl = dependencyUrl(mesh, "shop/caller", "front");
  echoUrl = dependencyUrl(mesh, "shop/caller", "echo");
});

after(async () => {
  requester.close();
  await mesh.stop();
});

test("an application sees who called it at each hop, and cannot be told otherwise", async () => {
  const lie = { "x-forwarded-client-cert": `By=${ECHO};URI=spiffe://mesh.local/ns/shop/sa/root` };
  const first = await requester.askJson(`${frontUrl}/`, { headers: lie });
  assert.equal(first.workload, "shop/front");
  assert.equal(first.headers["x-forwarded-client-cert"], `By=${FRONT};URI=${CALLER}`);
  const second = await requester.askJson(`${frontUrl}/ask/ECHO/deep`);
  assert.equal(second.workload, "shop/echo");
  assert.equal(second.headers["x-forwarded-client-cert"], `By=${ECHO};URI=${FRONT}`);
  assert.equal(second.url, "/deep");
});

test("each end of a mesh connection shows the certificate of its workload", async () => {
  for (const [dialler, dialled, identity] of [
    ["shop/caller", "shop/echo", ECHO],
    ["shop/echo", "shop/caller", CALLER],
    ["shop/front", "shop/front", FRONT],
  ] as const) {
    const shown = credentialsOf(mesh, dialler);
    const probed = await probeTls(await meshPortOf(mesh, dialled), shown);
    assert.equal(probed.peerNames, `URI:${identity}`);
    assert.equal(probed.protocol, "TLSv1.3");
    assert.equal(probed.alpn, "weft/1");
    assert.ok(probed.received > 0, `${dialler} is let in`);
  }
  assert.equal(credentialsOf(mesh, "shop/caller").identity, CALLER);
});

test("a mesh port refuses plaintext", async () => {
  const head = "GET / HTTP/1.1\r\nhost: echo\r\nweft-port: 80\r\n\r\n";
  const { received, hasEnded } = await probePlaintext(await meshPortOf(mesh, "shop/echo"), head);
  assert.ok(hasEnded);
  // At most a TLS alert.
  assert.ok(received <= 7, `${received} bytes`);
});

test("a mesh port refuses who shows no certificate", async () => {
  const { received, hasEnded } = await probeTls(await meshPortOf(mesh, "shop/echo"));
  assert.deepEqual({ received, hasEnded }, { received: 0, hasEnded: true });
});

test("a mesh port refuses the certificate of a foreign CA, whatever it says", async () => {
  const foreign = await (await TestAuthority.create()).issue({ uris: [CALLER] });
  const { received, hasEnded } = await probeTls(await meshPortOf(mesh, "shop/echo"), foreign);
  assert.deepEqual({ received, hasEnded }, { received: 0, hasEnded: true });
});

test("a join token is good for the first key that shows it, and for no other", async () => {
  const joined = await mesh.ask<JoinAnswer>(ADMIN_PATHS.join, {
    body: {
      ...{ namespace: "shop", name: "visitor", serviceAccount: "guest" },
      ...{ labels: [], ports: [], dependencies: [] },
    },
  });
  const peer = new ControlPeer(joined.control, joined.trust);
  const { token } = joined;
  const key = generateKeyPem();
  const first = await peer.askForCertificate(key, GUEST, { token });
  assert.ok(first.kind === "issued", JSON.stringify(first));
  assert.equal(first.identity, GUEST);
  // The answer may have been lost.
  assert.equal((await peer.askForCertificate(key, GUEST, { token })).kind, "issued");
  const thief = await peer.askForCertificate(generateKeyPem(), GUEST, { token });
  assert.ok(thief.kind === "refused");
  assert.match(thief.reason, /used by another key/);
  const nobody = await peer.askForCertificate(key, GUEST, {});
  assert.ok(nobody.kind === "refused");
  assert.match(nobody.reason, /neither a certificate nor a token/);
});

test("no token and no certificate gets anybody another identity than its own", async () => {
  const { control, shown } = await controlAs("shop/caller");
  const key = generateKeyPem();
  const answer = await control.askForCertificate(key, ECHO, { shown });
  assert.ok(answer.kind === "refused" || answer.identity === CALLER, JSON.stringify(answer));
});

test("a proxy cannot speak for a workload of another service account", async () => {
  const { control, shown } = await controlAs("shop/caller");
  const hello = (name: string) => ({
    ...{ type: "hello", protocol: 1, version: "test", workload: { namespace: "shop", name } },
    ...{ address: "127.0.0.1", meshPort: 1, metrics: "127.0.0.1:1", revision: 0 },
    ...{ held: [], keys: [], isReady: true },
  });
  const refused = await control.greet(hello("echo"), shown);
  assert.ok(refused?.type === "notice", JSON.stringify(refused));
  assert.match(refused.message, /service account shop\/echo, and the proxy shows another/);
  const foreign = await (await TestAuthority.create()).issue({ uris: [ECHO] });
  assert.equal(await control.greet(hello("echo"), foreign), undefined);
  assert.equal((await requester.askJson(`${echoUrl}/`)).workload, "shop/echo");
});

test("a sidecar refuses who doesn't show its workload's secret", async () => {
  const { origin, pathname } = new URL(echoUrl);
  const otherSecret = dependencyUrl(mesh, "shop/front", "echo").split("/")[3];
  const key = pathname.split("/")[2];
  for (const path of ["/", `/${key}/`, "/~/", `/~wrong/${key}/`, `/${otherSecret}/${key}/`]) {
    const { status, headers } = await requester.ask(`${origin}${path}`);
    assert.equal(status, 403, path);
    assert.equal(headers["weft-cause"], "secret-missing", path);
  }
});

test("a sidecar refuses what a browser sends, with the right secret too", async () => {
  for (const headers of [{ origin: "https://evil.test" }, { "sec-fetch-site": "cross-site" }]) {
    const answer = await requester.ask(`${echoUrl}/`, { headers });
    assert.equal(answer.status, 403);
    assert.equal(answer.headers["weft-cause"], "browser-refused");
  }
});

async function controlAs(workload: string) {
  const shown = credentialsOf(mesh, workload);
  const control = mesh.output.match(/proxies (127\.[\d.]+):(\d+)/)!;
  const address = { address: control[1]!, port: Number(control[2]) };
  return { control: new ControlPeer(address, shown.trust), shown };
}
