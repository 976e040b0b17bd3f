// Documents through parsing, discovery and compiling: what the source article shows, as it stands.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compile } from "#compile/compile.ts";
import { discover } from "#control/discovery/discover.ts";
import { parseDocuments } from "#control/sources/parse-documents.ts";
import type { OutboundPlan } from "#snapshot/plan.ts";

const CANARY = readFileSync("src/dialects/istio/golden/article-canary.in.yaml", "utf8");

const SERVICE = `
apiVersion: v1
kind: Service
metadata: { name: user-service }
spec:
  selector: { app: user-service }
  ports: [{ name: http, port: 80, targetPort: http }, { name: http-admin, port: 81 }]
`;

const WORKLOADS = ["v1", "v2"].map(
  (version) => `
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: user-service-${version}, labels: { app: user-service, version: ${version} } }
spec: { command: [node], ports: [{ name: http, port: 8080 }, { name: admin, port: 81 }] }
`,
);

test("the article's canary works as it stands, given a Service and two versions", () => {
  const { plans, diagnostics } = compiled([CANARY, SERVICE, ...WORKLOADS]);
  assert.deepEqual(diagnostics, []);
  const plan = plans.get("default/user-service/80");
  assert.ok(plan);
  assert.deepEqual(splits(plan), [
    [1, "v2 100"],
    [0, "v1 90, v2 10"],
  ]);
});

test("without them it says what is missing, and nothing else", () => {
  const { diagnostics } = compiled([CANARY]);
  assert.deepEqual(
    diagnostics.map(({ code, ref }) => [code, ref?.kind]),
    [
      ["WEFT201", "VirtualService"],
      ["WEFT201", "DestinationRule"],
    ],
  );
});

test("a match for one port of the service holds for that port alone", () => {
  const byPort = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: user-service }
spec:
  hosts: [user-service]
  http:
    - match: [{ port: 81 }]
      route: [{ destination: { host: user-service, subset: v2 } }]
    - route: [{ destination: { host: user-service, subset: v1 } }]
`;
  const [, rule = ""] = CANARY.split("---");
  const { plans } = compiled([byPort, rule, SERVICE, ...WORKLOADS]);
  assert.deepEqual(splits(plans.get("default/user-service/80")!), [[0, "v1 100"]]);
  assert.deepEqual(splits(plans.get("default/user-service/81")!), [
    [1, "v2 100"],
    [0, "v1 100"],
  ]);
});

function compiled(texts: readonly string[]) {
  const parsed = parseDocuments("x.yaml", texts.join("\n---\n"));
  const { model, diagnostics } = discover(parsed);
  const compilation = compile(model, [], 1);
  return {
    plans: compilation.snapshot.outbound,
    diagnostics: [...diagnostics, ...compilation.diagnostics],
  };
}

// Each route: how many matches, and the subsets with their weights.
function splits({ routes, backends }: OutboundPlan): [number, string][] {
  return routes.map(({ matches, action }) => [
    matches.length,
    action.backends
      .map(({ backend, weight }) => {
        const target = backends[backend]!;
        return `${target.kind === "endpoints" ? target.subset : target.reason} ${weight}`;
      })
      .join(", "),
  ]);
}
