// Tokens, Secrets and the Lease, against a small HTTP server that answers as an API server does.

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { FakeClock } from "#base/fake-clock.ts";
import { type Log, silentLog } from "#base/log.ts";
import { ApiServerFixture } from "#kubernetes/api-server-fixture.ts";
import { LeaderElection } from "./leader-election.ts";
import { ownSecret } from "./own-secret.ts";
import { TokenReviewer } from "./token-reviewer.ts";

const POD = "authentication.kubernetes.io/pod-name";
const UID = "authentication.kubernetes.io/pod-uid";
const TOKEN = token({ aud: ["weft.dev"], exp: 4e9 });
const GOOD = {
  authenticated: true,
  audiences: ["weft.dev"],
  user: {
    username: "system:serviceaccount:shop:web",
    extra: { [POD]: ["web-1"], [UID]: ["u1"] },
  },
};

test("a token names the pod and the account that it was given to", async (t) => {
  const { reviewer } = await makeReviewer(t, GOOD);
  assert.deepEqual(await reviewer.attest(TOKEN), {
    ...{ kind: "accepted", namespace: "shop", workload: "web-1", serviceAccount: "web" },
  });
});

test("what is no token of a service account is somebody else's to look at", async (t) => {
  const { server, reviewer } = await makeReviewer(t, GOOD);
  assert.equal(reviewer.attest("join-token-without-dots"), undefined);
  assert.equal(reviewer.attest(`a.b.${"c".repeat(20_000)}`), undefined);
  assert.equal(server.requests.length, 0);
});

test("a token that proves nothing of the mesh is refused with what is wrong", async (t) => {
  const { user } = GOOD;
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ authenticated: false, error: "expired" }, /token is not valid: expired$/],
    [{ ...GOOD, audiences: ["https://api"] }, /token is not for "weft.dev"/],
    [{ ...GOOD, user: { ...user, username: "admin" } }, /"admin" is no service account/],
    [{ ...GOOD, user: { ...user, extra: {} } }, /bound to no pod/],
    [{ ...GOOD, user: { ...user, extra: { [POD]: ["gone"], [UID]: ["u1"] } } }, /does not exist/],
    [{ ...GOOD, user: { ...user, extra: { [POD]: ["web-1"], [UID]: ["u0"] } } }, /another one/],
    [
      { ...GOOD, user: { ...user, username: "system:serviceaccount:shop:root" } },
      /another service account than "root"/,
    ],
  ];
  for (const [status, reason] of cases) {
    const { reviewer } = await makeReviewer(t, status);
    const refused = await reviewer.attest(TOKEN);
    assert.match(refused?.kind === "refused" ? refused.reason : "accepted", reason);
  }
});

test("a token that says itself that it is not for the mesh is not reviewed", async (t) => {
  const { server, reviewer } = await makeReviewer(t, GOOD);
  for (const [claims, reason] of [
    [{ aud: ["https://api"], exp: 4e9 }, /is not for "weft.dev"/],
    [{ aud: ["weft.dev"], exp: 1 }, /has expired/],
    [{ aud: ["weft.dev"] }, /has expired/],
    ["text", /can't be read/],
  ] as const) {
    const refused = await reviewer.attest(token(claims));
    assert.match(refused?.kind === "refused" ? refused.reason : "accepted", reason);
  }
  assert.equal(server.requests.length, 0);
});

test("refusals are logged now and then, with how many there were", async (t) => {
  const told: unknown[] = [];
  const log: Log = { ...silentLog, warn: (_, fields) => void told.push(fields?.["count"]) };
  const { reviewer, clock } = await makeReviewer(t, GOOD, log);
  const refuse = () => reviewer.attest(token({ aud: "other", exp: 4e9 }));
  for (let i = 0; i < 5; i++) await refuse();
  clock.advance(1_000);
  await refuse();
  assert.deepEqual(told, [1, 5]);
});

test("while the API server is away nobody new is believed, and it says so", async (t) => {
  const { server, reviewer } = await makeReviewer(t, GOOD);
  await server.close();
  const refused = await reviewer.attest(TOKEN);
  assert.match(
    refused?.kind === "refused" ? refused.reason : "",
    /^Cannot join the mesh: the API server can't review its token now \(.*REFUSED.*\): try again$/,
  );
});

test("a token that was reviewed is believed for a moment, and reviewed again after", async (t) => {
  const { server, reviewer, clock } = await makeReviewer(t, GOOD);
  const reviews = () => server.requests.filter(({ url }) => url.endsWith("tokenreviews")).length;
  await reviewer.attest(TOKEN);
  await reviewer.attest(TOKEN);
  assert.equal(reviews(), 1);
  await reviewer.attest(token({ aud: "weft.dev", exp: 4e9, another: true }));
  clock.advance(10_000);
  await reviewer.attest(TOKEN);
  assert.equal(reviews(), 3);
});

test("of several replicas one makes a Secret, and all have the same", async (t) => {
  const { server, api } = await makeServer(t);
  let made = 0;
  const replica = () =>
    ownSecret({
      ...{ api, clock: systemClock, log: silentLog, namespace: "weft-system", name: "weft-ca" },
      make: async () => new Map([["key", `secret ${++made}`]]),
    });
  const all = await Promise.all([replica(), replica(), replica()]);
  const texts = new Set(all.map((secret) => secret.get("key")));
  assert.equal(texts.size, 1);
  const kept = server.get("/api/v1/namespaces/weft-system/secrets/weft-ca")?.["data"];
  const [text = ""] = texts;
  assert.deepEqual(kept, { key: Buffer.from(text!).toString("base64") });
});

test("a Secret is waited for while the API server can't answer", async (t) => {
  const { server, api } = await makeServer(t);
  let failures = 2;
  server.intercept = (_, answer) => {
    if (failures === 0) return false;
    failures--;
    answer.writeHead(503).end();
    return true;
  };
  const options = { api, clock: systemClock, log: silentLog, namespace: "n", name: "s" };
  const secret = await ownSecret({ ...options, make: async () => new Map([["a", "1"]]) });
  assert.deepEqual([...secret], [["a", "1"]]);
});

test("one replica leads; another does when that gives the Lease back", async (t) => {
  const { replica } = await makeElections(t);
  const [a, b] = [replica("a"), replica("b")];
  a.election.start();
  await until(() => a.told.length > 0);
  b.election.start();
  await settled();
  assert.deepEqual([a.told, b.told], [[true], []]);
  await a.election.stop();
  await until(() => b.told.length > 0);
  assert.deepEqual([a.told, b.told], [[true, false], [true]]);
  await b.election.stop();
});

test("who can't renew stops before another begins", async (t) => {
  const { server, clock, replica } = await makeElections(t);
  const a = replica("a");
  a.election.start();
  await until(() => a.told.length > 0);
  // From now on a's writes get lost, and b's don't.
  server.intercept = ({ method, authorization }, answer) => {
    if (method === "GET" || authorization !== "Bearer a") return false;
    answer.writeHead(503).end();
    return true;
  };
  const b = replica("b");
  b.election.start();
  await until(() => b.told.length > 0);
  assert.deepEqual(a.told, [true, false]);
  assert.ok(clock.nowMs() >= 15_000);
  await Promise.all([a.election.stop(), b.election.stop()]);
});

// Whose signature nobody here looks at.
function token(claims: object | string): string {
  return `aaaa.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.cccc`;
}

async function makeServer(t: TestContext) {
  const server = await new ApiServerFixture().listen();
  const api = server.client();
  t.after(async () => {
    api.close();
    await server.close();
  });
  return { server, api };
}

async function makeReviewer(t: TestContext, status: object, log: Log = silentLog) {
  const { server, api } = await makeServer(t);
  server.put("/api/v1/namespaces/shop/pods", {
    metadata: { name: "web-1", uid: "u1" },
    spec: { serviceAccountName: "web" },
  });
  server.intercept = ({ url }, answer) => {
    if (!url.endsWith("/tokenreviews")) return false;
    answer.writeHead(201, { "content-type": "application/json" });
    answer.end(JSON.stringify({ status }));
    return true;
  };
  const clock = new FakeClock();
  return {
    server,
    clock,
    reviewer: new TokenReviewer({ api, clock, log, audience: "weft.dev" }),
  };
}

// Time runs a hundred times as fast as it does.
async function makeElections(t: TestContext) {
  const { server } = await makeServer(t);
  const clock = new FakeClock();
  const turning = setInterval(() => clock.advance(500), 5);
  t.after(() => clearInterval(turning));
  const replica = (identity: string) => {
    const told: boolean[] = [];
    const api = server.client(identity);
    t.after(() => api.close());
    const election = new LeaderElection({
      ...{ api, clock, random: () => 0.5, log: silentLog, identity },
      ...{ namespace: "weft-system", name: "weft-control-leader" },
      changed: (isLeader) => told.push(isLeader),
    });
    return { election, told };
  };
  return { server, clock, replica };
}

async function until(isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!isSo()) {
    assert.ok(performance.now() < endMs, "it never is so");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}
