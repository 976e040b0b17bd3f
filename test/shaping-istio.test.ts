// What Istio's rules change and answer, told by an application that counts what reaches it.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type ShapingMesh, shapingMesh } from "./support/shaping-mesh.ts";
import { wholeFile } from "./support/whole-file.ts";

const ROUTES = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: echo, namespace: shop }
spec:
  hosts: [echo]
  http:
    - match: [{ uri: { prefix: /headers } }]
      headers:
        request:
          set: { x-tenant: acme, host: echo.example.com }
          add: { x-seen: again }
          remove: [cookie]
        response: { set: { cache-control: no-store }, remove: [x-secret] }
      route:
        - destination: { host: echo }
          headers: { request: { set: { x-tenant: lost, x-version: v1 } } }
    - match: [{ uri: { prefix: /old/ } }, { uri: { exact: /only } }]
      rewrite: { uri: /new/, authority: new.example.com }
      route: [{ destination: { host: echo } }]
    - match: [{ uri: { regex: "/service/.+" } }]
      rewrite: { uriRegexRewrite: { match: "^/service/([^/]+)(/.*)$", rewrite: "\\\\2/of/\\\\1" } }
      route: [{ destination: { host: echo } }]
    - match: [{ uri: { prefix: /moved } }]
      redirect: { uri: /headers, redirectCode: 307 }
    - match: [{ uri: { prefix: /secure } }]
      redirect: { scheme: https, authority: safe.example.com }
    - match: [{ uri: { prefix: /teapot } }]
      directResponse: { status: 418, body: { string: short and stout } }
      headers: { response: { set: { content-type: text/x-tea } } }
    - match: [{ uri: { prefix: /Folded }, ignoreUriCase: true }]
      directResponse: { status: 204 }
    - match: [{ uri: { prefix: /callers }, sourceLabels: { tier: front } }]
      directResponse: { status: 200, body: { string: for the front } }
    - match: [{ uri: { prefix: /callers } }]
      directResponse: { status: 200, body: { string: for the rest } }
    - match: [{ uri: { prefix: /plain }, withoutHeaders: { x-beta: {} } }]
      directResponse: { status: 200, body: { string: stable } }
    - match: [{ method: { regex: "P.*" } }]
      directResponse: { status: 202 }
    - route: [{ destination: { host: echo } }]
`;

const file = wholeFile();
let shaping: ShapingMesh;
before(async () => {
  shaping = await shapingMesh(file, ROUTES);
});

test("headers are set, added and removed, and the rule has the last word", async () => {
  const told = await shaping.ask("/headers?q=1", { headers: { cookie: "a", "x-seen": "once" } });
  const { headers, url } = shaping.seen.at(-1)!;
  assert.equal(url, "/headers?q=1");
  assert.equal(headers["x-tenant"], "acme");
  assert.equal(headers["x-version"], "v1");
  assert.equal(headers["x-seen"], "once, again");
  assert.equal(headers["cookie"], undefined);
  assert.equal(headers["host"], "echo.example.com");
  assert.equal(told.headers["cache-control"], "no-store");
  assert.equal(told.headers["x-secret"], undefined);
  assert.equal(told.headers["x-kept"], "1");
});

test("a rewrite replaces what the match took of the path, and keeps the query", async () => {
  await shaping.ask("/old/a/b?c=d");
  assert.equal(shaping.seen.at(-1)!.url, "/new/a/b?c=d");
  assert.equal(shaping.seen.at(-1)!.headers["host"], "new.example.com");
  await shaping.ask("/only?c=d");
  assert.equal(shaping.seen.at(-1)!.url, "/new/?c=d");
});

test("a rewrite by expression puts groups where they belong", async () => {
  await shaping.ask("/service/cart/items/7?x=/service/y/z");
  assert.equal(shaping.seen.at(-1)!.url, "/items/7/of/cart?x=/service/y/z");
});

test("a redirect is answered by the proxy, and leads where it says", async () => {
  const before = shaping.seen.length;
  const told = await shaping.ask("/moved/away?q=1");
  assert.equal(told.status, 307);
  assert.equal(told.headers["location"], "http://echo.shop/headers?q=1");
  assert.equal(told.headers["weft-cause"], undefined);
  const secure = await shaping.ask("/secure?q=1");
  assert.equal(secure.status, 301);
  assert.equal(secure.headers["location"], "https://safe.example.com/secure?q=1");
  assert.equal(shaping.seen.length, before);
});

test("a redirect that is followed reaches the application", async () => {
  const { location } = (await shaping.ask("/moved")).headers;
  await shaping.ask(new URL(String(location)).pathname);
  assert.equal(shaping.seen.at(-1)!.url, "/headers");
});

test("a direct response is what the document says, also in its headers", async () => {
  const before = shaping.seen.length;
  const told = await shaping.ask("/teapot");
  assert.deepEqual([told.status, told.text], [418, "short and stout"]);
  assert.equal(told.headers["content-type"], "text/x-tea");
  assert.equal(told.headers["weft-cause"], undefined);
  const head = await shaping.ask("/teapot", { method: "HEAD" });
  assert.deepEqual([head.status, head.text], [418, ""]);
  assert.equal((await shaping.ask("/any", { method: "PATCH" })).status, 202);
  assert.equal(shaping.seen.length, before);
});

test("a path is found in any case where the rule says so", async () => {
  assert.equal((await shaping.ask("/fOLDED/x")).status, 204);
});

test("a rule may be for some callers", async () => {
  assert.equal((await shaping.ask("/callers")).text, "for the front");
  const by = await shaping.mesh.proxy("batch");
  assert.equal((await shaping.ask("/callers", { by })).text, "for the rest");
});

test("a header that must not be there keeps the rule from taking the request", async () => {
  assert.equal((await shaping.ask("/plain")).text, "stable");
  assert.equal((await shaping.ask("/plain", { headers: { "x-beta": "1" } })).text, "echo");
});
