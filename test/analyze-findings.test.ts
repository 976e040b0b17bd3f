// Each finding of `weft analyze` with a document that has it and one that is near it and hasn't.

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDocuments } from "#control/sources/parse-documents.ts";
import { analyzeDocuments } from "#insight/analyze/analyze.ts";
import type { DiagnosticCode } from "#ir/diagnostic.ts";
import { positionText } from "#ir/origin.ts";

// A service with a workload behind each of its versions, of which everything is declared.
const MESH = `
apiVersion: v1
kind: Service
metadata: { name: cart }
spec: { selector: { app: cart }, ports: [{ name: http, port: 80, targetPort: http }] }
${["v1", "v2"]
  .map(
    (version) => `---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: cart-${version}, labels: { app: cart, version: ${version} } }
spec: { command: [cart], ports: [{ name: http, port: 8080, protocol: http }] }
`,
  )
  .join("")}---
`;
const SUBSETS = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: cart }
spec:
  host: cart
  subsets:
    - { name: v1, labels: { version: v1 } }
    - { name: v2, labels: { version: v2 } }
---
`;
const virtualService = (rules: string, name = "cart", more = "") => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}${more} }
spec:
  hosts: [cart]
  http:
${rules}
---
`;
const httpRoute = (rules: string, name = "cart") => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name} }
spec:
  parentRefs: [{ group: "", kind: Service, name: cart }]
  rules:
${rules}
---
`;
const destinationRule = (spec: string, name = "cart") => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name} }
spec: { host: cart, ${spec} }
---
`;
const TO_CART = "      route: [{ destination: { host: cart } }]";
const rule = (match: string) => `    - match: [${match}]\n${TO_CART}\n`;

type Case = {
  readonly code: DiagnosticCode;
  readonly what: string;
  readonly found: string;
  readonly clean: string;
};

const CASES: readonly Case[] = [
  {
    code: "WEFT201",
    what: "a VirtualService for a host that does not exist",
    found: virtualService(`    - route: [{ destination: { host: nobody } }]`),
    clean: virtualService(`    - route: [{ destination: { host: cart } }]`),
  },
  {
    code: "WEFT201",
    what: "a DestinationRule for a host that does not exist",
    found: SUBSETS.replace("host: cart", "host: card"),
    clean: SUBSETS,
  },
  {
    code: "WEFT202",
    what: "a backend's port that the service hasn't",
    found: httpRoute("    - backendRefs: [{ name: cart, port: 81 }]"),
    clean: httpRoute("    - backendRefs: [{ name: cart, port: 80 }]"),
  },
  {
    code: "WEFT202",
    what: "a match for a port that the service hasn't",
    found: virtualService(rule("{ port: 81 }")),
    clean: virtualService(rule("{ port: 80 }")),
  },
  {
    code: "WEFT202",
    what: "a policy for a port that the service hasn't",
    found: destinationRule(
      "trafficPolicy: { portLevelSettings: [{ port: { number: 81 }, connectionPool: {} }] }",
    ),
    clean: destinationRule(
      "trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, connectionPool: {} }] }",
    ),
  },
  {
    code: "WEFT203",
    what: "a subset that nobody defines",
    found: virtualService("    - route: [{ destination: { host: cart, subset: v3 } }]") + SUBSETS,
    clean: virtualService("    - route: [{ destination: { host: cart, subset: v2 } }]") + SUBSETS,
  },
  {
    code: "WEFT204",
    what: "routes of two dialects for one service",
    found:
      virtualService(`    -${TO_CART.slice(5)}`) +
      httpRoute("    - backendRefs: [{ name: cart, port: 80 }]"),
    clean: virtualService(`    -${TO_CART.slice(5)}`),
  },
  {
    code: "WEFT205",
    what: "two VirtualServices for one host",
    found:
      virtualService(`    -${TO_CART.slice(5)}`) +
      virtualService(`    -${TO_CART.slice(5)}`, "other"),
    clean:
      virtualService(`    -${TO_CART.slice(5)}`) +
      virtualService("    - route: [{ destination: { host: other } }]", "other").replace(
        "hosts: [cart]",
        "hosts: [other]",
      ) +
      MESH.split("---")[0]!.replace("name: cart", "name: other") +
      "---",
  },
  {
    code: "WEFT205",
    what: "two HTTPRoutes with the same match",
    found:
      httpRoute("    - backendRefs: [{ name: cart, port: 80 }]") +
      httpRoute("    - backendRefs: [{ name: cart, port: 80 }]", "other"),
    clean:
      httpRoute("    - backendRefs: [{ name: cart, port: 80 }]") +
      httpRoute(
        "    - matches: [{ path: { type: Exact, value: /a } }]\n      backendRefs: [{ name: cart, port: 80 }]",
        "other",
      ),
  },
  {
    code: "WEFT206",
    what: "a subset whose labels no workload has",
    found: SUBSETS.replace("version: v2", "version: v3"),
    clean: SUBSETS,
  },
  {
    code: "WEFT207",
    what: "a rule behind one with a shorter prefix",
    found: virtualService(rule("{ uri: { prefix: /api } }") + rule("{ uri: { prefix: /api/v1 } }")),
    clean: virtualService(rule("{ uri: { prefix: /api/v1 } }") + rule("{ uri: { prefix: /api } }")),
  },
  {
    code: "WEFT207",
    what: "a rule behind one that wants fewer headers",
    found: virtualService(
      rule("{ headers: { user: { exact: me } } }") +
        rule("{ headers: { user: { exact: me }, kind: { exact: a } } }"),
    ),
    clean: virtualService(
      rule("{ headers: { user: { exact: me } } }") +
        rule("{ headers: { user: { exact: you }, kind: { exact: a } } }"),
    ),
  },
  {
    code: "WEFT207",
    what: "a rule behind one for every request",
    found: virtualService(`    -${TO_CART.slice(5)}\n${rule("{ uri: { exact: /a } }")}`),
    clean: virtualService(`${rule("{ uri: { exact: /a } }")}    -${TO_CART.slice(5)}`),
  },
  {
    code: "WEFT221",
    what: "one of several matches that an earlier rule takes",
    found: virtualService(
      rule("{ uri: { prefix: /a } }") + rule("{ uri: { exact: /a/b } }, { uri: { exact: /c } }"),
    ),
    clean: virtualService(
      rule("{ uri: { prefix: /a/ } }") + rule("{ uri: { exact: /a } }, { uri: { exact: /c } }"),
    ),
  },
  {
    code: "WEFT222",
    what: "a rule whose weights are all 0",
    found: httpRoute("    - backendRefs: [{ name: cart, port: 80, weight: 0 }]"),
    clean: httpRoute("    - backendRefs: [{ name: cart, port: 80, weight: 1 }]"),
  },
  {
    code: "WEFT222",
    what: "a rule without a backend",
    found: httpRoute("    - matches: [{ path: { type: Exact, value: /a } }]"),
    clean: httpRoute(
      "    - filters: [{ type: RequestRedirect, requestRedirect: { hostname: elsewhere } }]",
    ),
  },
  {
    code: "WEFT223",
    what: "a backend that stands twice in a rule",
    found:
      virtualService(`    - route:
        - { destination: { host: cart, subset: v1 }, weight: 90 }
        - { destination: { host: cart, subset: v1 }, weight: 10 }`) + SUBSETS,
    clean:
      virtualService(`    - route:
        - { destination: { host: cart, subset: v1 }, weight: 90 }
        - { destination: { host: cart, subset: v2 }, weight: 10 }`) + SUBSETS,
  },
  {
    code: "WEFT224",
    what: "a try that may take as long as the request",
    found: virtualService(
      `    -${TO_CART.slice(5)}\n      timeout: 2s\n      retries: { attempts: 2, perTryTimeout: 2s }`,
    ),
    clean: virtualService(
      `    -${TO_CART.slice(5)}\n      timeout: 2s\n      retries: { attempts: 2, perTryTimeout: 500ms }`,
    ),
  },
  {
    code: "WEFT225",
    what: "policies of two DestinationRules for one host",
    found:
      destinationRule("trafficPolicy: { loadBalancer: { simple: RANDOM } }", "a") +
      destinationRule("trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN } }", "b"),
    clean:
      destinationRule("trafficPolicy: { loadBalancer: { simple: RANDOM } }", "a") +
      destinationRule("subsets: [{ name: v1, labels: { version: v1 } }]", "b"),
  },
  {
    code: "WEFT225",
    what: "one subset in two DestinationRules",
    found:
      destinationRule("subsets: [{ name: v1, labels: { version: v1 } }]", "a") +
      destinationRule("subsets: [{ name: v1, labels: { version: v2 } }]", "b"),
    clean:
      destinationRule("subsets: [{ name: v1, labels: { version: v1 } }]", "a") +
      destinationRule("subsets: [{ name: v2, labels: { version: v2 } }]", "b"),
  },
  {
    code: "WEFT226",
    what: "a subset without labels",
    found: destinationRule("subsets: [{ name: v1 }]"),
    clean: destinationRule("subsets: [{ name: v1, labels: { version: v1 } }]"),
  },
  {
    code: "WEFT227",
    what: "a port of which nothing says what it speaks",
    found: `
apiVersion: v1
kind: Service
metadata: { name: other }
spec: { selector: { app: cart }, ports: [{ port: 81, targetPort: 7 }] }
`,
    clean: `
apiVersion: v1
kind: Service
metadata: { name: other }
spec: { selector: { app: cart }, ports: [{ port: 81, targetPort: http, appProtocol: http }] }
`,
  },
  {
    code: "WEFT228",
    what: "an annotation of ours that means nothing",
    found: virtualService(
      `    -${TO_CART.slice(5)}`,
      "cart",
      ', annotations: { weft.dev/retry-unsave: "true" }',
    ),
    clean: virtualService(
      `    -${TO_CART.slice(5)}`,
      "cart",
      ', annotations: { weft.dev/retry-unsafe: "true", example.com/x: "1" }',
    ),
  },
];

for (const { code, what, found, clean } of CASES) {
  test(`${what} is ${code}, and its neighbour is not`, () => {
    const wrong = findings(MESH + found).filter((one) => one.code === code);
    assert.equal(wrong.length, 1, JSON.stringify(wrong));
    assert.match(positionText(wrong[0]!.position!), /^mesh\.yaml:\d+:\d+$/);
    assert.ok(wrong[0]!.remedy);
    assert.deepEqual(findings(MESH + clean), []);
  });
}

test("what has no documents has no findings", () => {
  assert.deepEqual(findings(""), []);
});

function findings(text: string) {
  return analyzeDocuments(parseDocuments("mesh.yaml", text));
}
