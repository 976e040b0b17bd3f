// Injection in a cluster: the webhook over HTTPS as an API server asks it, and what the leader keeps
// right. The API server is the fixture's; a real one is asked in test/all/kubernetes.test.ts.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { FakeClock } from "#base/fake-clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { LIMITS } from "#base/limits.ts";
import { silentLog } from "#base/log.ts";
import { Authority } from "#control/authority/authority.ts";
import { INJECTOR } from "#control/kubernetes/injection/injection-fixture.ts";
import { InjectionService } from "#control/kubernetes/injection-service.ts";
import { ApiServerFixture } from "#kubernetes/api-server-fixture.ts";

const NAME = "weft-control.weft-system.svc";
const CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
// The clock starts so long ago that a certificate is good now, and so is the one after it.
const START_MS = (LIMITS.webhookCertificateLifeMs * 13) / 24;
const JSON_TYPE = { "content-type": "application/json" };

test("a pod in a namespace that asks gets its proxy, one elsewhere doesn't", async (t) => {
  const { ask, server } = await injection(t);
  server.put("/api/v1/namespaces", { metadata: { name: "shop", labels: ENABLED } });
  server.put("/api/v1/namespaces", { metadata: { name: "plain" } });
  const asked = await ask({ body: review("shop") });
  assert.equal(asked.status, 200);
  assert.equal(asked.body.response.patchType, "JSONPatch");
  assert.deepEqual((await ask({ body: review("plain") })).body.response, {
    uid: "1",
    allowed: true,
  });
});

test("a pod whose namespace can't be read isn't made outside the mesh, unseen", async (t) => {
  const { ask } = await injection(t);
  const { status, body } = await ask({ body: review("nowhere") });
  assert.equal(status, 503);
  assert.match(body.message, /Cannot learn of namespace "nowhere"/);
});

test("a namespace that there isn't is not looked up for each who asks", async (t) => {
  const { ask, server, clock } = await injection(t);
  const lookups = () => server.requests.filter(({ url }) => url.endsWith("/nowhere")).length;
  for (let i = 0; i < 3; i++) assert.equal((await ask({ body: review("nowhere") })).status, 503);
  assert.equal(lookups(), 1);
  clock.advance(LIMITS.webhookMissMs);
  server.put("/api/v1/namespaces", { metadata: { name: "nowhere" } });
  assert.equal((await ask({ body: review("nowhere") })).status, 200);
  const odd = await ask({ body: review("../nodes") });
  assert.deepEqual(
    [odd.status, odd.body.message],
    [400, "request.namespace is no name of a namespace"],
  );
});

test("a wrong request gets a status that says what is wrong, and the next one is answered", async (t) => {
  const { ask, server } = await injection(t);
  server.put("/api/v1/namespaces", { metadata: { name: "shop" } });
  const cases = [
    [{ path: "/" }, 404, /must be \/inject/],
    [{ method: "GET" }, 405, /must be POST/],
    [{ headers: { "content-type": "text/plain" } }, 415, /must be application\/json/],
    [{ body: "{" }, 400, /no JSON/],
    [{ body: "{}" }, 400, /no AdmissionReview/],
    [{ body: " ".repeat(LIMITS.webhookBodyBytesMax + 1) }, 413, /more than 4194304 bytes/],
    [{ body: " ".repeat(LIMITS.webhookBodyBytesMax + 1), isChunked: true }, 413, /more than/],
  ] as const;
  for (const [question, status, message] of cases) {
    const answer = await ask(question);
    assert.equal(answer.status, status);
    assert.match(answer.body.message, message);
    assert.equal((await ask({ body: review("shop") })).status, 200);
  }
});

test("the certificate is renewed at half of its life, while connections go on", async (t) => {
  const { ask, clock } = await injection(t);
  const before = (await ask({ body: review("nowhere") })).serialNumber;
  clock.advance(LIMITS.webhookCertificateLifeMs / 2 + 1000);
  const after = await eventually(async () => {
    const { serialNumber } = await ask({ body: review("nowhere") });
    return serialNumber === before ? undefined : serialNumber;
  });
  assert.notEqual(after, before);
});

test("the leader keeps the roots in the webhook's configuration and in every namespace", async (t) => {
  const { server, service, trust } = await injection(t);
  server.put("/apis/rbac.authorization.k8s.io/v1/clusterroles", {
    metadata: { name: "weft-control", uid: "role" },
  });
  for (const name of ["shop", "kube-system"])
    server.put("/api/v1/namespaces", { metadata: { name } });
  server.put(CONFIGURATIONS, configuration());
  const [shop, other, system] = ["shop", "other", "kube-system"].map(
    (name) => `/api/v1/namespaces/${name}/configmaps/weft-trust`,
  ) as [string, string, string];
  const roots = (path: string) => (server.get(path)?.["data"] as Roots | undefined)?.["roots.pem"];
  const isRight = () => bundles(server).every((bundle) => bundle === encoded(trust.current));

  await sleep(50);
  assert.equal(roots(shop), undefined);
  service.lead(true);
  await eventually(() => (roots(shop) === trust.current.join("") && isRight() ? true : undefined));
  assert.deepEqual(server.get(shop)?.metadata.ownerReferences, [
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      name: "weft-control",
      uid: "role",
    },
  ]);

  // A namespace that comes, a configuration that somebody replaces, a ConfigMap that somebody spoils.
  server.put("/api/v1/namespaces", { metadata: { name: "other" } });
  server.put(CONFIGURATIONS, configuration());
  server.put("/api/v1/namespaces/shop/configmaps", {
    metadata: { name: "weft-trust" },
    data: { "roots.pem": "mine" },
  });
  await eventually(() => {
    const all = [shop, other].every((path) => roots(path) === trust.current.join(""));
    return all && isRight() ? true : undefined;
  });

  // Another root.
  trust.current = [...trust.current, "another\n"];
  await service.trustChanged();
  await eventually(() => (roots(other) === trust.current.join("") && isRight() ? true : undefined));
  assert.equal(server.get(system), undefined);

  service.lead(false);
  server.remove(shop);
  await sleep(50);
  assert.equal(roots(shop), undefined);
});

const ENABLED = { "weft.dev/inject": "enabled" };

type Roots = { readonly [key: string]: string };

function configuration() {
  const entry = (name: string) => ({ name, clientConfig: { service: { name: "weft-control" } } });
  return { metadata: { name: "weft-injector" }, webhooks: [entry("a"), entry("b")] };
}

function bundles(server: ApiServerFixture): readonly (string | undefined)[] {
  const { webhooks } = server.get(`${CONFIGURATIONS}/weft-injector`) as unknown as {
    webhooks: readonly { clientConfig: { caBundle?: string } }[];
  };
  return webhooks.map(({ clientConfig }) => clientConfig.caBundle);
}

function encoded(trust: readonly string[]): string {
  return Buffer.from(trust.join("")).toString("base64");
}

function review(namespace: string): string {
  return JSON.stringify({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "1",
      kind: { kind: "Pod" },
      operation: "CREATE",
      namespace,
      object: { metadata: { name: "web" }, spec: { containers: [{ name: "web", image: "web" }] } },
    },
  });
}

async function injection(t: TestContext) {
  const server = await new ApiServerFixture().listen();
  const clock = new FakeClock(Date.now() - START_MS);
  const folder = mkdtempSync(join(tmpdir(), "weft-injection-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const opening = await Authority.open({
    ...{ clock, folder, files: systemFiles, log: silentLog },
    ...{ trustDomain: "cluster.local", certificateLifeMs: 3_600_000 },
  });
  assert.ok(opening.kind === "opened");
  const { authority } = opening;
  const trust = { current: authority.trust };
  const service = await InjectionService.start({
    api: server.client(),
    clock,
    random: () => 0.5,
    log: silentLog,
    trust: () => trust.current,
    settings: INJECTOR,
    on: { address: "127.0.0.1", port: 0 },
    sign: (asked) => authority.signServer(asked),
  });
  t.after(async () => {
    await service.close();
    await server.close();
  });
  const ask = (question: Question) => send(service.port, authority.trust, question);
  return { server, service, clock, trust, ask };
}

type Question = {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isChunked?: boolean;
};

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into by who knows what he asked
type Answer = { readonly status: number; readonly body: any; readonly serialNumber: string };

function send(port: number, ca: readonly string[], question: Question): Promise<Answer> {
  const { path = "/inject", method = "POST", headers = JSON_TYPE, body = "" } = question;
  return new Promise((resolve, reject) => {
    const length = question.isChunked ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const asked = request(
      {
        ...{ host: "127.0.0.1", port, path, method, servername: NAME, ca: [...ca], agent: false },
        headers: { ...headers, ...(method === "GET" ? {} : length) },
      },
      (answer) => {
        const { serialNumber } = (
          answer.socket as import("node:tls").TLSSocket
        ).getPeerCertificate();
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (chunk: string) => {
          text += chunk;
        });
        answer.on("end", () => {
          resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text), serialNumber });
        });
      },
    );
    let isAnswered = false;
    asked.on("response", () => {
      isAnswered = true;
    });
    // One that is refused early is told so while its body is still on the way.
    asked.on("error", (error) => !isAnswered && reject(error));
    asked.end(body);
  });
}

async function eventually<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (let i = 0; i < 200; i++) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(20);
  }
  throw new Error("It never came to be");
}
