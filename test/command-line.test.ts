// The CLI against a running mesh, as people and scripts use it.

import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { parse } from "yaml";
import type { EdgeRow } from "#api/edge-row.ts";
import type { Explanation } from "#api/explanation.ts";
import type { ObjectStatus } from "#api/object-status.ts";
import type { PastExplanation } from "#api/past-explanation.ts";
import type { RouteRow } from "#api/route-row.ts";
import type { StatRow } from "#api/stat-row.ts";
import type { TopRow } from "#api/top-row.ts";
import type { Description } from "#cli/describe-command.ts";
import { eventually } from "#local/testing/eventually.ts";
import { documentOf, echoService, echoWorkload } from "./support/echo-documents.ts";
import { dependencyUrl } from "./support/mesh-processes.ts";
import { Requester } from "./support/requester.ts";
import { runWeft } from "./support/run-weft.ts";
import { RunningMesh } from "./support/running-mesh.ts";

const REQUESTS = 40;

let mesh: RunningMesh;
// Of the first request: a report tells of only so many.
let requestId = "";

before(async () => {
  const route = documentOf("gateway.networking.k8s.io/v1", "HTTPRoute", {
    metadata: { name: "echo", namespace: "shop" },
    spec: {
      parentRefs: [{ group: "", kind: "Service", name: "echo", port: 80 }],
      rules: [
        {
          matches: [{ headers: [{ name: "version", value: "v2" }] }],
          backendRefs: [{ name: "echo-v2", port: 80 }],
        },
        { backendRefs: [{ name: "echo-v1", port: 80 }] },
      ],
    },
  });
  const version = (version: string) =>
    echoWorkload({ name: `echo-${version}`, app: "echo", serviceAccount: "echo", version }) +
    echoService(`echo-${version}`, { app: "echo", version });
  mesh = await RunningMesh.start({
    documents: {
      "mesh.yaml":
        echoWorkload({ name: "caller", isServed: false, dependencies: ["echo"] }) +
        version("v1") +
        version("v2") +
        echoService("echo"),
      "route.yaml": route,
    },
  });
  const requester = new Requester(2);
  const url = `${dependencyUrl(mesh, "shop/caller", "echo")}/`;
  for (let i = 0; i < REQUESTS; i++) {
    const headers: Record<string, string> = i % 4 === 0 ? { version: "v2" } : {};
    const answer = await requester.ask(url, { headers });
    requestId ||= String(answer.headers["x-request-id"]);
  }
  requester.close();
  await eventually("all is reported", async () => {
    const rows = await json<StatRow[]>("stat");
    return rows.reduce((sum, { requests }) => sum + requests, 0) === REQUESTS;
  });
});

after(() => mesh.stop());

test("stat counts what each workload answered", async () => {
  const rows = await json<StatRow[]>("stat");
  const counted = rows.map(({ name, requests, meshed, workloads }) => {
    return [name, requests, `${meshed}/${workloads}`];
  });
  assert.deepEqual(counted, [
    ["caller", 0, "1/1"],
    ["echo-v1", (REQUESTS * 3) / 4, "1/1"],
    ["echo-v2", REQUESTS / 4, "1/1"],
  ]);
  const { out } = await told("stat", "deploy/echo-v1");
  assert.match(out, /^NAME +MESHED +SUCCESS +RPS +LATENCY_P50 +LATENCY_P95 +LATENCY_P99 +TCP_CONN/);
  assert.match(out, /\necho-v1 +1\/1 +100\.00% /);
  const [service] = await json<StatRow[]>("stat", "svc/echo");
  assert.equal(service?.requests, REQUESTS);
});

test("stat can tell of what came from somebody, or went to somebody", async () => {
  const counted = (rows: readonly StatRow[]) =>
    rows.filter(({ requests }) => requests > 0).map(({ name, requests }) => [name, requests]);
  assert.deepEqual(counted(await json<StatRow[]>("stat", "--from", "caller", "-t", "15m")), [
    ["echo-v1", (REQUESTS * 3) / 4],
    ["echo-v2", REQUESTS / 4],
  ]);
  const sent = await json<StatRow[]>("stat", "--to", "deploy/echo-v2", "-t", "15m");
  assert.deepEqual(counted(sent), [["caller", REQUESTS / 4]]);
  const misused = await mesh.weft("stat", "svc", "--to", "deploy/echo-v2");
  assert.equal(misused.code, 2);
});

test("what has been is told from the history: the same numbers, a moment later", async () => {
  await eventually("the history has it", async () => {
    const rows = await json<StatRow[]>("stat", "--since", "10m");
    return rows.reduce((sum, { requests }) => sum + requests, 0) === REQUESTS;
  });
  const routes = await json<RouteRow[]>("routes", "svc/echo", "--since", "10m", "--from", "caller");
  assert.deepEqual(
    routes.map(({ backend, requests }) => [backend, requests]),
    [
      ["echo-v2", REQUESTS / 4],
      ["echo-v1", (REQUESTS * 3) / 4],
    ],
  );
  const edges = await json<EdgeRow[]>("edges", "--since", "10m", "--to", "echo-v2");
  assert.deepEqual(
    edges.map(({ source, destination }) => [source.workload, destination.workload]),
    [["caller", "echo-v2"]],
  );
  const before = await json<StatRow[]>("stat", "--since", "2h", "--until", "1h");
  assert.ok(before.every(({ requests }) => requests === 0));
});

test("top tells which calls come again and again", async () => {
  const [row] = await json<TopRow[]>("top", "-t", "5m");
  assert.deepEqual(row && [row.source.workload, row.destination, row.method, row.path], [
    "caller",
    "echo.shop:80",
    "GET",
    "/",
  ]);
  assert.ok(row!.count > 0 && row!.count <= REQUESTS);
  const { out } = await told("viz", "top", "deploy/caller", "-t", "5m");
  assert.match(out, /^SOURCE +DESTINATION +METHOD +PATH +COUNT +BEST +WORST +LAST +SUCCESS_RATE/);
});

test("--watch is a live view on a terminal, which a key ends and which leaves no trace", async () => {
  const { code, out } = await mesh.weftOnTerminal("q", 2500, "stat", "--watch");
  assert.equal(code, 0);
  assert.ok(out.startsWith("\u001b[?1049h"), "on a screen of its own");
  assert.ok(out.trimEnd().endsWith("\u001b[?1049l"), "and back");
  const shown = out.split("\u001b[H").slice(1);
  assert.ok(shown.length >= 2, "again and again");
  assert.match(shown[0]!, /NAME +MESHED.*echo-v1 +1\/1.*q ends/s);
});

test("edges tell who talks to whom, and that it is secured", async () => {
  const rows = await json<EdgeRow[]>("edges");
  assert.deepEqual(
    rows.map((row) => [row.source.workload, row.destination.workload, row.isSecured]),
    [
      ["caller", "echo-v1", true],
      ["caller", "echo-v2", true],
    ],
  );
  const { out } = await told("edges", "-o", "wide");
  assert.match(out, /^SRC +DST +SRC_NS +DST_NS +SECURED/);
  assert.match(out, /caller +echo-v1 +shop +shop +√ .*sa\/caller +spiffe:.*sa\/echo/);
});

test("routes tell each rule's share by backend", async () => {
  const rows = await json<RouteRow[]>("routes", "svc/echo");
  assert.deepEqual(
    rows.map(({ route, rule, backend, requests, share }) => {
      return [route, rule, backend, requests, share];
    }),
    [
      ["HTTPRoute shop/echo", 0, "echo-v2", REQUESTS / 4, 1],
      ["HTTPRoute shop/echo", 1, "echo-v1", (REQUESTS * 3) / 4, 1],
    ],
  );
  assert.match((await told("routes")).out, /HTTPRoute shop\/echo/);
});

test("get lists objects with their state, workloads, and diagnostics", async () => {
  const objects = await json<ObjectStatus[]>("get");
  assert.ok(objects.every(({ state }) => state === "accepted"));
  const [route] = await json<ObjectStatus[]>("get", "httproute", "echo");
  assert.equal(route?.position?.file, "route.yaml");
  assert.deepEqual(await json("get", "diagnostics"), []);
  const { out } = await told("get", "workloads", "-o", "wide");
  assert.match(out, /shop +echo-v1 +yes +yes +[\d-]+ +127\.[\d.]+:\d+ .*sa\/echo/);
  const missing = await mesh.weft("get", "virtualservice", "nothing");
  assert.equal(missing.code, 1);
  const { out: yaml } = await told("get", "workload", "caller", "-o", "yaml");
  assert.equal(parse(yaml)[0].name, "caller");
});

test("check passes, and says what it has looked at", async () => {
  const { out } = await told("check");
  assert.match(out, /√ every workload has a proxy that is connected/);
  assert.match(out, /Status check results are √/);
  assert.doesNotMatch(out, /×/);
});

test("explain names the rule that takes a request, and where it is written", async () => {
  const question = ["explain", "--from", "caller", "--to", "echo:80", "-H", "version: v2"];
  const { out } = await told(...question);
  assert.match(out, /HTTPRoute shop\/echo/);
  assert.match(out, /route\.yaml:\d+/);
  assert.match(out, /echo-v2/);
  const first = await json<Explanation>(...question);
  assert.deepEqual(await json(...question), first);
  assert.ok(first.kind === "explained");
  assert.deepEqual(
    first.rules.map(({ rule, isMatched, file }) => [rule, isMatched, file]),
    [[0, true, "route.yaml"]],
  );
  assert.equal(first.outcome.kind, "forward");
  const nowhere = await mesh.weft("explain", "--to", "eco.shop:80");
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.out, /echo/, "what it may have meant");
});

test("explain tells of a request that has been, by the id that its answer bears", async () => {
  const { out } = await told("explain", requestId);
  assert.match(out, /shop\/caller sent GET \/ to echo\.shop:80; the answer was 200 after/);
  assert.match(out, /to shop\/echo-v2 at [\d.:]+ after/);
  const { hops } = await json<PastExplanation>("explain", requestId);
  assert.deepEqual(
    hops.map(({ proxy, agrees, status }) => [proxy, agrees, status]),
    [["shop/caller", true, 200]],
  );
  assert.equal((await mesh.weft("explain", "made-up")).code, 1);
  assert.equal((await mesh.weft("explain")).code, 2);
});

test("get and describe tell a route's conditions", async () => {
  const { out } = await told("get", "httproutes");
  assert.match(out, /ACCEPTED +RESOLVED_REFS/);
  assert.match(out, /HTTPRoute +shop +echo +accepted +- +True +True/);
  const described = await told("describe", "httproute", "echo");
  assert.match(described.out, /^Declared: +at route\.yaml:1:1$/m);
  assert.match(described.out, /^ {2}Service shop\/echo port 80$/m);
  assert.match(described.out, /^ {4}Accepted True \(Accepted\): /m);
  assert.match(described.out, /^ {4}ResolvedRefs True \(ResolvedRefs\): /m);
  const [{ object }] = await json<[Description]>("describe", "hr/echo", "-n", "shop");
  assert.deepEqual(
    object?.parents?.[0]?.conditions.map(({ type }) => type),
    ["Accepted", "ResolvedRefs"],
  );
});

test("describe tells of workloads and services, and that there is none", async () => {
  const workload = await told("describe", "workload", "echo-v1");
  assert.match(workload.out, /^Ready: +yes$/m);
  assert.match(workload.out, /^Identity: +spiffe:\/\/mesh\.local\/ns\/shop\/sa\/echo$/m);
  const service = await told("describe", "svc", "echo");
  assert.match(service.out, /^ {2}80 .* speaks http$/m);
  const none = await mesh.weft("describe", "svc", "eco");
  assert.deepEqual([none.code, none.error], [1, 'There is no service "eco" in the mesh\n']);
  assert.equal((await mesh.weft("describe", "svc")).code, 2);
});

test("without a mesh they exit with 3 and say where they looked, and used wrongly with 2", async () => {
  const folder = tmpdir();
  for (const command of [
    ["stat"],
    ["edges"],
    ["routes"],
    ["get"],
    ["explain", "--to", "echo:80"],
  ]) {
    const { code, error } = await runWeft(command, { folder });
    assert.equal(code, 3, command.join(" "));
    assert.match(error, /Cannot find a running mesh in .*\n.*weft up/);
  }
  assert.equal((await runWeft(["stat", "--no-such-flag"])).code, 2);
  assert.equal((await mesh.weft("stat", "deploy/a/b/c")).code, 2);
});

async function told(...args: readonly string[]) {
  const result = await mesh.weft(...args);
  assert.equal(result.code, 0, `weft ${args.join(" ")}: ${result.error}${result.out}`);
  return result;
}

async function json<Value>(...args: readonly string[]): Promise<Value> {
  return JSON.parse((await told(...args, "-o", "json")).out);
}
