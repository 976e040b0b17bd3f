// `weft analyze` as a command, over the examples, and against decisions: a rule that it calls
// unreachable takes no request.

import assert from "node:assert/strict";
import { test } from "node:test";
import { systemFiles } from "#base/file-system.ts";
import { seededRandom } from "#base/random.ts";
import { compile } from "#compile/compile.ts";
import { sampleRegistration } from "#compile/sample-model.ts";
import { adminBackend } from "#control/plane/admin-backend.ts";
import { parseDocuments } from "#control/sources/parse-documents.ts";
import { readDocuments } from "#control/sources/read-documents.ts";
import { explainDecision } from "#decision/explain-decision.ts";
import { analyze, analyzeDocuments } from "#insight/analyze/analyze.ts";
import type { Model } from "#ir/model.ts";
import { diceOf, HEADERS, METHODS, PATHS, randomModel, VALUES } from "./support/random-routes.ts";
import { runWeft } from "./support/run-weft.ts";
import { smallMesh } from "./support/small-mesh.ts";

const BOOKSHOP = "examples/bookshop/mesh";
const MODELS = 150;
const REQUESTS_EACH = 60;

test("the bookshop has no findings", async () => {
  const { code, out, error } = await runWeft(["analyze", "-f", BOOKSHOP]);
  assert.deepEqual([code, out], [0, ""]);
  assert.match(error, /^Found nothing wrong in \d+ objects of \d+ files\.\n$/);
});

test("the article's documents have only that their service is elsewhere", () => {
  for (const name of ["canary", "retries", "circuit-breaking"]) {
    const path = `test/fixtures/article-004-istio-${name}.yaml`;
    const reading = readDocuments([path], systemFiles, process.cwd());
    assert.equal(reading.kind, "read");
    const findings = analyzeDocuments(reading.set).filter(({ severity }) => severity !== "info");
    assert.ok(findings.length > 0);
    for (const { code, message } of findings) {
      assert.equal(code, "WEFT201", message);
      assert.match(message, /Service default\/user-service does not exist/);
    }
  }
});

test("findings are told with place and remedy, and as JSON, with exit code 1", async () => {
  const path = "test/fixtures/article-004-istio-retries.yaml";
  const told = await runWeft(["analyze", "-f", path]);
  assert.equal(told.code, 1);
  assert.match(told.out, /^test\/fixtures\/article-004-istio-retries\.yaml:1:1: warning WEFT201: /);
  assert.match(told.out, /Declare the service\.\n$/);
  const { code, out } = await runWeft(["analyze", "-f", path, "-o", "json"]);
  assert.equal(code, 1);
  const [row] = JSON.parse(out);
  assert.deepEqual([row.code, row.position.line, row.ref.name], ["WEFT201", 1, "user-service"]);
  const elsewhere = await runWeft(["analyze", "-f", path, "-n", "elsewhere", "-o", "yaml"]);
  assert.deepEqual([elsewhere.code, elsewhere.out], [0, "[]\n"]);
});

const DELEGATING = `
apiVersion: v1
kind: Service
metadata: { name: cart }
spec: { selector: { app: cart }, ports: [{ name: http, port: 80 }] }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: cart, labels: { app: cart } }
spec: { command: [cart], ports: [{ name: http, port: 80, protocol: http }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart }
spec:
  hosts: [cart]
  http:
    - match: [{ uri: { prefix: /api } }]
      delegate: { name: api }
    - match: [{ uri: { prefix: /api/v1 } }]
      route: [{ destination: { host: cart } }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: api }
spec:
  http:
    - match: [{ uri: { prefix: /api/v2 } }]
      route: [{ destination: { host: cart } }]
`;

test("a rule that delegates is held against what it delegates to", () => {
  const codes = (text: string) =>
    analyzeDocuments(parseDocuments("mesh.yaml", text)).map(({ code, message }) => [code, message]);
  assert.deepEqual(codes(DELEGATING), []);
  const [[code, message] = [], ...others] = codes(DELEGATING.replace("/api/v2", "/api"));
  assert.equal(code, "WEFT207");
  assert.match(
    message!,
    /default\/cart rule 1 can never match: VirtualService default\/api rule 0,/,
  );
  assert.deepEqual(others, []);
});

test("a path that is not there is wrong usage", async () => {
  const { code, error } = await runWeft(["analyze", "-f", "nowhere.yaml"]);
  assert.equal(code, 2);
  assert.match(error, /Cannot read nowhere\.yaml/);
});

test("a running mesh is analysed, too", async (t) => {
  const mesh = await smallMesh({
    "mesh.yaml": `
apiVersion: v1
kind: Service
metadata: { name: cart }
spec: { selector: { app: cart }, ports: [{ name: http, port: 80 }] }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: cart }
spec: { host: cart, subsets: [{ name: v1 }] }
`,
  });
  t.after(() => mesh.close());
  const codes = adminBackend(mesh.control)
    .analysis()
    .map(({ code }) => code);
  assert.deepEqual([...new Set(codes)], ["WEFT206", "WEFT226"]);
});

test("a rule that is called unreachable takes no request", () => {
  let called = 0;
  for (let seed = 1; seed <= MODELS; seed++) {
    const dice = diceOf(seededRandom(seed));
    const model = withPositions(randomModel(dice));
    const registrations = model.workloads.map((workload) => sampleRegistration(workload));
    const { snapshot, diagnostics } = compile(model, registrations, 1);
    const plan = snapshot.outbound.get("bookshop/a/9080");
    assert.ok(plan);
    const unreachable = analyze(model, [], diagnostics)
      .filter(({ code }) => code === "WEFT207")
      .map(({ position }) => position!.line);
    called += unreachable.length;
    for (let i = 0; i < REQUESTS_EACH; i++) {
      const request = {
        method: dice.pick(METHODS),
        authority: "a.bookshop:9080",
        path: dice.pick(PATHS),
        headers: dice.some(3, () => [dice.pick(HEADERS), dice.pick(VALUES)]).flat(),
      };
      const { decision } = explainDecision(plan, request, 0, "bookshop/web");
      const line: number = decision.route?.origin?.line ?? 0;
      assert.ok(!unreachable.includes(line), `seed ${seed}: ${JSON.stringify(request)}`);
    }
  }
  assert.ok(called >= 50, `only ${called} rules`);
});

// Each rule on a line of its own.
function withPositions(model: Model): Model {
  const routes = model.routes.map((route) => ({
    ...route,
    rules: route.rules.map((rule) => ({
      ...rule,
      origin: {
        ...rule.origin,
        position: { file: "a.yaml", line: 10 + rule.index, column: 1 },
      },
    })),
  }));
  return { ...model, routes };
}
