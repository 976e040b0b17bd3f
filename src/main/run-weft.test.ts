import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Check } from "#api/check-result.ts";
import type { ExplainRequest, Explanation } from "#api/explanation.ts";
import type { StatQuery, StatRow } from "#api/stat-row.ts";
import { systemFiles } from "#base/file-system.ts";
import type { AdminBackend } from "#control/admin/admin-backend.ts";
import { startAdmin } from "#control/admin/admin-fixture.ts";
import { runWeft } from "./run-weft.ts";

const ROW: StatRow = {
  kind: "workload",
  namespace: "bookshop",
  name: "reviews-v1",
  meshed: 1,
  workloads: 1,
  requests: 6000,
  failures: 1,
  retries: 0,
  successRate: 0.99999,
  rps: 100,
  latencyP50Ms: 1.234,
  latencyP95Ms: 12.6,
  latencyP99Ms: 12_345,
  inFlight: 2,
  connectionsOpen: 4,
  cpuMsPerSecond: 12.34,
  memoryBytes: 52_428_800,
};

const UNKNOWN: Explanation = {
  kind: "unknown-destination",
  revision: 7,
  request: {
    from: null,
    namespace: "default",
    to: "reviws:9080",
    method: "GET",
    authority: "reviws:9080",
    path: "/",
    headers: [],
    draw: null,
  },
  cause: "destination-unknown",
  reason: "There is no service reviws",
  suggestions: ["reviews:9080"],
};

test("stat prints golden metrics in columns, and more of them when asked", async (t) => {
  const weft = await start(t, { stat: () => [ROW] });
  const plain = await weft("stat");
  assert.deepEqual(plain.lines, [
    "NAME        MESHED  SUCCESS       RPS  LATENCY_P50  LATENCY_P95  LATENCY_P99  TCP_CONN",
    "reviews-v1  1/1      99.99%  100.0rps        1.2ms         13ms        12.3s         4",
  ]);
  assert.equal(plain.code, 0);
  const wide = await weft("stat", "-o", "wide");
  assert.match(wide.out, /IN_FLIGHT +CPU +MEMORY\n.* 2 +12\.3ms\/s +50Mi\n$/);
});

test("stat as data is the rows as the API tells them", async (t) => {
  const weft = await start(t, { stat: () => [ROW] });
  assert.deepEqual(JSON.parse((await weft("stat", "-o", "json")).out), [ROW]);
  assert.match((await weft("stat", "-o", "yaml")).out, /^- kind: workload\n/);
});

test("stat asks for what its arguments say", async (t) => {
  const asked: StatQuery[] = [];
  const weft = await start(t, {
    stat(query) {
      asked.push(query);
      return [ROW];
    },
  });
  await weft("stat");
  await weft("viz", "stat", "deploy/reviews-v1", "-n", "bookshop", "-t", "5m");
  await weft("stat", "svc", "reviews", "--time-window", "10s");
  const all = { source: undefined, destination: undefined };
  assert.deepEqual(asked, [
    { ...all, kind: "workload", namespace: undefined, name: undefined, windowMs: 60_000 },
    { ...all, kind: "workload", namespace: "bookshop", name: "reviews-v1", windowMs: 300_000 },
    { ...all, kind: "service", namespace: undefined, name: "reviews", windowMs: 10_000 },
  ]);
});

test("a resource that isn't there is a finding", async (t) => {
  const weft = await start(t);
  const { code, error } = await weft("stat", "deploy/nobody");
  assert.equal(code, 1);
  assert.match(error, /No workload "nobody"/);
});

test("wrong usage is told apart, with what would be right", async (t) => {
  const weft = await start(t);
  for (const args of [
    ["stat", "reviews"],
    ["stat", "-o", "xml"],
    ["stat", "-t", "5h"],
    ["stat", "--nonsense"],
    ["no-such-command"],
    [],
  ]) {
    const { code, error } = await weft(...args);
    assert.equal(code, 2, args.join(" "));
    assert.notEqual(error, "");
  }
});

test("every command that asks a mesh has help with an example", async (t) => {
  const weft = await start(t);
  for (const name of ["stat", "edges", "routes", "get", "check", "explain", "dashboard"]) {
    const { code, out } = await weft(name, "--help");
    assert.equal(code, 0);
    assert.match(out, new RegExp(`Examples:\\n {2}weft ${name}`));
  }
});

test("a mesh that isn't there, or doesn't answer, is out of reach", async (t) => {
  const weft = await start(t);
  const missing = await weft("stat", "--mesh", "/nonexistent");
  assert.equal(missing.code, 3);
  assert.match(missing.error, /Cannot find a running mesh in \/nonexistent/);

  const other = createServer((_, answer) => answer.end("hello"));
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  t.after(() => other.close());
  weft.pointAt((other.address() as AddressInfo).port);
  const stranger = await weft("stat");
  assert.equal(stranger.code, 3);
  assert.match(stranger.error, /isn't a mesh/);

  await new Promise((resolve) => other.close(resolve));
  const gone = await weft("stat");
  assert.equal(gone.code, 3);
  assert.match(gone.error, /connection refused\nSee whether `weft up` still runs/);
});

test("check marks each result, and fails where one does", async (t) => {
  const checks: Check[] = [
    { name: "the control plane answers", state: "pass", detail: "", hint: null },
    { name: "documents", state: "warning", detail: "1 warning", hint: "see weft get diagnostics" },
  ];
  const weft = await start(t, {
    check: async () => ({ categories: [{ name: "control-plane", checks }] }),
  });
  const well = await weft("check");
  assert.equal(well.code, 0);
  assert.deepEqual(well.lines, [
    "control-plane",
    "-------------",
    "√ the control plane answers",
    "‼ documents",
    "    1 warning",
    "    hint: see weft get diagnostics",
    "",
    "Status check results are √",
  ]);
  checks.push({ name: "identity", state: "failure", detail: "expired", hint: null });
  const ill = await weft("check");
  assert.equal(ill.code, 1);
  assert.match(ill.out, /× identity\n {4}expired\n/);
});

test("check without a mesh is a failed check", async (t) => {
  const weft = await start(t);
  const { code, out } = await weft("check", "--mesh", "/nonexistent");
  assert.equal(code, 1);
  assert.match(out, /mesh-existence\n-+\n× the mesh answers\n/);
});

test("get finds kinds by their short names and in the plural", async (t) => {
  const kinds: (string | undefined)[] = [];
  const weft = await start(t, {
    objects({ kind, name }) {
      kinds.push(name === undefined ? kind : `${kind}/${name}`);
      return [];
    },
  });
  for (const args of [[], ["vs"], ["HTTPRoutes"], ["services", "web"], ["dr/reviews"]]) {
    await weft("get", ...args);
  }
  const expected = [undefined, "virtualservice", "httproute", "service/web"];
  assert.deepEqual(kinds, [...expected, "destinationrule/reviews"]);
  assert.equal((await weft("get", "vs", "nobody")).code, 1);
  assert.equal((await weft("get", "diagnostics")).code, 0);
});

test("dashboard prints a link that lets a browser in once, to read", async (t) => {
  const weft = await start(t);
  const { code, out } = await weft("dashboard");
  assert.equal(code, 0);
  const first = await fetch(out.trim());
  assert.match(first.headers.get("set-cookie") ?? "", /^weft-session=read\./);
  assert.equal((await fetch(out.trim())).status, 401);
});

test("explain asks what its arguments say, and fails where the request goes nowhere", async (t) => {
  const asked: ExplainRequest[] = [];
  const weft = await start(t, {
    async explain(request) {
      asked.push(request);
      return { kind: "ok", value: UNKNOWN };
    },
  });
  const { code, out } = await weft("explain", "--to", "reviws:9080", "-H", "End-User: jason: x");
  assert.equal(code, 1);
  assert.match(out, /reviews:9080/);
  assert.deepEqual(asked, [
    { to: "reviws:9080", method: "GET", path: "/", headers: [["end-user", "jason: x"]] },
  ]);
  assert.deepEqual(JSON.parse((await weft("explain", "--to", "x", "-o", "json")).out), UNKNOWN);
  assert.equal((await weft("explain")).code, 2);
  assert.equal((await weft("explain", "--to", "x", "-H", "nonsense")).code, 2);
});

test("proxy-config shows plans with their hashes, and keys that nothing answers to", async (t) => {
  const asked: object[] = [];
  const plan = (id: string, hash: string) => ({ id, hash, plan: { id, hash, routes: [] } });
  const weft = await start(t, {
    proxies(query) {
      asked.push(query);
      if (query.name === "nobody") return [];
      return [
        {
          ...{ namespace: "shop", name: "web", pod: "web-1", version: "0.1.0" },
          ...{ revisionTold: 8, revisionAcknowledged: 7 },
          ...{ identity: "spiffe://x/ns/shop/sa/web", certificateExpiresAtMs: 0 },
          keys: [
            { key: "books.shop:80", plan: "outbound/shop/books/80" },
            { key: "lost:80", plan: null },
          ],
          outbound: [plan("outbound/shop/books/80", "abc")],
          inbound: plan("inbound/shop/web-1", "def"),
        },
      ];
    },
  });
  const { lines, code } = await weft("proxy-config", "pod/web-1", "-n", "shop");
  assert.equal(code, 0);
  assert.deepEqual(lines, [
    "Proxy shop/web-1 of web, version 0.1.0",
    "Revision 7, has been told 8",
    "Identity spiffe://x/ns/shop/sa/web, certificate until 1970-01-01T00:00:00.000Z",
    "",
    "KEY            PLAN                    HASH",
    "(inbound)      inbound/shop/web-1      def",
    "books.shop:80  outbound/shop/books/80  abc",
    "lost:80        -                       -",
  ]);
  assert.deepEqual(asked, [{ namespace: "shop", name: "web-1" }]);
  const data = await weft("proxy-config", "web", "-o", "json");
  assert.deepEqual(JSON.parse(data.out)[0].outbound[0].plan.routes, []);
  assert.equal((await weft("proxy-config", "nobody")).code, 1);
  assert.equal((await weft("proxy-config", "svc/web")).code, 2);
});

// A command line in a folder with a mesh that answers as `backend` does.
async function start(t: TestContext, backend: Partial<AdminBackend> = {}) {
  const admin = await startAdmin(t, backend);
  const state = join(admin.folder, ".weft");
  systemFiles.makeFolder(state, 0o700);
  writeFileSync(join(state, "admin-token"), admin.write);
  const pointAt = (port: number) => {
    const mesh = { pid: process.pid, adminUrl: `http://127.0.0.1:${port}` };
    writeFileSync(join(state, "mesh.json"), JSON.stringify(mesh));
  };
  pointAt(admin.port);
  const weft = async (...args: readonly string[]) => {
    let out = "";
    let error = "";
    let code: number | undefined;
    await runWeft(args, {
      files: systemFiles,
      workingFolder: admin.folder,
      environment: {},
      isTerminal: false,
      input: async () => "",
      version: "0.1.0",
      out(text) {
        out += text;
      },
      error(text) {
        error += text;
      },
      exit(given) {
        code = given;
      },
    });
    return { out, error, code, lines: out.trimEnd().split("\n") };
  };
  return Object.assign(weft, { pointAt });
}
