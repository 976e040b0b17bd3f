// What Gateway API's filters change and answer, told by applications that count what reaches them.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type ShapingMesh, shapingMesh } from "./support/shaping-mesh.ts";
import { wholeFile } from "./support/whole-file.ts";

const ECHO = "backendRefs: [{ name: echo, port: 80 }]";

const ROUTES = `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: echo, namespace: shop }
spec:
  parentRefs: [{ group: "", kind: Service, name: echo }]
  rules:
    - matches: [{ path: { value: /headers } }]
      filters:
        - type: RequestHeaderModifier
          requestHeaderModifier:
            set: [{ name: X-Tenant, value: acme }]
            remove: [Cookie]
        - type: ResponseHeaderModifier
          responseHeaderModifier: { set: [{ name: x-kept, value: "2" }], remove: [x-secret] }
      backendRefs:
        - name: echo
          port: 80
          filters:
            - type: RequestHeaderModifier
              requestHeaderModifier: { add: [{ name: x-backend, value: echo }] }
    - matches: [{ path: { value: /prefix } }]
      filters:
        - type: URLRewrite
          urlRewrite:
            hostname: new.example.com
            path: { type: ReplacePrefixMatch, replacePrefixMatch: /xyz/ }
      ${ECHO}
    - matches: [{ path: { value: /full } }]
      filters:
        - type: URLRewrite
          urlRewrite: { path: { type: ReplaceFullPath, replaceFullPath: /one } }
      ${ECHO}
    - matches: [{ path: { value: /moved } }]
      filters:
        - type: RequestRedirect
          requestRedirect:
            scheme: https
            hostname: other.example.com
            port: 8443
            statusCode: 308
            path: { type: ReplacePrefixMatch, replacePrefixMatch: /here }
    - matches: [{ path: { type: RegularExpression, value: "/v[0-9]+/.*" } }]
      filters:
        - type: RequestHeaderModifier
          requestHeaderModifier: { set: [{ name: x-by, value: regex }] }
      ${ECHO}
    - matches: [{ path: { value: /ledger } }]
      backendRefs: [{ name: ledger, namespace: payments, port: 80 }]
    - ${ECHO}
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: calls, namespace: shop }
spec:
  parentRefs: [{ group: "", kind: Service, name: echo }]
  rules:
    - matches: [{ method: { service: shop.Cart, method: Get } }]
      filters:
        - type: RequestHeaderModifier
          requestHeaderModifier: { set: [{ name: x-by, value: exact }] }
      ${ECHO}
    - matches: [{ method: { service: shop.Cart } }]
      filters:
        - type: RequestHeaderModifier
          requestHeaderModifier: { set: [{ name: x-by, value: service }] }
      ${ECHO}
    - matches: [{ method: { method: Get } }]
      filters:
        - type: RequestHeaderModifier
          requestHeaderModifier: { set: [{ name: x-by, value: method }] }
      ${ECHO}
`;

const GRANT = `
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: { name: shops, namespace: payments }
spec:
  from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop }]
  to: [{ group: "", kind: Service, name: ledger }]
`;

const file = wholeFile();
let shaping: ShapingMesh;
before(async () => {
  shaping = await shapingMesh(file, ROUTES);
});

test("modifiers of the rule and of its backend change requests and answers", async () => {
  const told = await shaping.ask("/headers", { headers: { cookie: "a", "x-tenant": "evil" } });
  const { headers } = shaping.seen.at(-1)!;
  assert.equal(headers["x-tenant"], "acme");
  assert.equal(headers["x-backend"], "echo");
  assert.equal(headers["cookie"], undefined);
  assert.equal(told.headers["x-secret"], undefined);
  assert.equal(told.headers["x-kept"], "2");
});

test("a path is rewritten by whole segments, and keeps its query", async () => {
  for (const [asked, url] of [
    ["/prefix/a?q=/prefix", "/xyz/a?q=/prefix"],
    ["/prefix", "/xyz"],
    ["/prefix/", "/xyz/"],
    ["/prefix?q=1", "/xyz?q=1"],
    ["/full/a/b?q=1", "/one?q=1"],
    ["/prefixes", "/prefixes"],
  ] as const) {
    await shaping.ask(asked);
    assert.equal(shaping.seen.at(-1)!.url, url, asked);
  }
  await shaping.ask("/prefix");
  assert.equal(shaping.seen.at(-1)!.headers["host"], "new.example.com");
});

test("a redirect keeps what it doesn't name", async () => {
  const before = shaping.seen.length;
  const told = await shaping.ask("/moved/a?q=1");
  assert.equal(told.status, 308);
  assert.equal(told.headers["location"], "https://other.example.com:8443/here/a?q=1");
  assert.equal(shaping.seen.length, before);
});

test("a regular expression is about the whole path, without the query", async () => {
  assert.equal(await takenBy("/v12/cart?x"), "regex");
  assert.equal(await takenBy("/v12"), undefined);
  assert.equal(await takenBy("/x/v12/"), undefined);
});

test("of a gRPC route the method decides, and the service before it", async () => {
  assert.equal(await takenBy("/shop.Cart/Get"), "exact");
  assert.equal(await takenBy("/shop.Cart/Put"), "service");
  assert.equal(await takenBy("/shop.Other/Get"), "method");
  assert.equal(await takenBy("/shop.Other/Put"), undefined);
});

test("a backend in another namespace is used as long as that namespace grants it", async () => {
  const refused = await shaping.ask("/ledger");
  assert.equal(refused.status, 500);
  assert.match(String(refused.headers["weft-cause"]), /^backend-invalid/);
  const { mesh } = shaping;
  const told = mesh.control.diagnostics.find(({ code }) => code === "WEFT211")!;
  assert.match(told.message, /RefNotPermitted/);
  mesh.write("grant.yaml", GRANT);
  await until(async () => (await shaping.ask("/ledger")).text === "ledger");
  mesh.write("grant.yaml", "");
  await until(async () => (await shaping.ask("/ledger")).status === 500);
});

async function takenBy(path: string): Promise<string | undefined> {
  await shaping.ask(path, { method: "POST" });
  return shaping.seen.at(-1)!.headers["x-by"];
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("it does not come to that");
}
