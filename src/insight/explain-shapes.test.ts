import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExplainRequest } from "#api/explanation.ts";
import { compile } from "#compile/compile.ts";
import { discover } from "#control/discovery/discover.ts";
import type { JsonObject } from "#ir/document.ts";
import { plainDocument } from "#ir/plain-document.ts";
import { explain } from "./explain.ts";
import { explanationText } from "./explanation-text.ts";

const DOCUMENTS: readonly JsonObject[] = [
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "echo", namespace: "shop" },
    spec: { selector: { app: "echo" }, ports: [{ name: "http", port: 80 }] },
  },
  {
    apiVersion: "weft.dev/v1alpha1",
    kind: "Workload",
    metadata: { name: "web", namespace: "shop", labels: { tier: "front" } },
    spec: { command: ["true"] },
  },
  {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name: "echo", namespace: "shop" },
    spec: {
      hosts: ["echo"],
      http: [
        { match: [{ uri: { prefix: "/moved" } }], redirect: { uri: "/new" } },
        {
          match: [{ uri: { prefix: "/teapot" } }],
          directResponse: { status: 418, body: { string: "tea" } },
        },
        {
          match: [{ sourceLabels: { tier: "back" } }],
          route: [{ destination: { host: "echo" } }],
        },
        {
          match: [{ withoutHeaders: { "x-beta": {} } }],
          corsPolicy: { allowOrigins: [{ exact: "https://a.example" }] },
          rewrite: { uri: "/v2/" },
          headers: { request: { remove: ["cookie"] }, response: { add: { "x-a": "b" } } },
          route: [
            {
              destination: { host: "echo" },
              headers: { request: { set: { "x-to": "echo", host: "inner" } } },
            },
          ],
        },
      ],
    },
  },
];

function explained(request: Partial<ExplainRequest>) {
  const documents = DOCUMENTS.map((object) => plainDocument(object));
  const { model } = discover({ documents, diagnostics: [] });
  const answer = explain(compile(model, [], 1).snapshot, model, {
    ...{ to: "echo:80", from: "shop/web" },
    ...request,
  });
  assert.ok(answer.kind === "ok" && answer.value.kind === "explained");
  return answer.value;
}

test("an answer that a document writes is told as such, with where it leads", () => {
  const redirect = explained({ path: "/moved/a?b" });
  assert.deepEqual(redirect.outcome, {
    ...{ kind: "reply", reply: "redirect", status: 301, bodyBytes: 0 },
    location: "http://echo/new?b",
  });
  assert.deepEqual(redirect.backends, []);
  assert.match(
    explanationText(redirect),
    /as the rule says: 301, a redirect to http:\/\/echo\/new/,
  );
  const direct = explained({ path: "/teapot" });
  assert.match(explanationText(direct), /as the rule says: 418, an answer of 3 bytes\.$/m);
});

test("a preflight is told before any backend", () => {
  const { outcome, backends } = explained({
    ...{ method: "OPTIONS", path: "/" },
    headers: [
      ["Origin", "https://a.example"],
      ["Access-Control-Request-Method", "GET"],
    ],
  });
  assert.equal(outcome.kind === "reply" && outcome.reply, "preflight");
  assert.deepEqual(backends, []);
});

test("what changes on the way to a backend is told, the backend's part first", () => {
  const explanation = explained({ path: "/a?b" });
  assert.deepEqual(
    explanation.backends[0]!.changes?.map(({ of, part, action, name, value }) => {
      return `${of} ${part} ${action} ${name} ${value}`;
    }),
    [
      "request authority set  inner",
      "request path set  /v2/a?b",
      "request header set x-to echo",
      "request header remove cookie ",
      "response header add x-a b",
    ],
  );
  const text = explanationText(explanation);
  assert.match(text, /the request's path becomes "\/v2\/a\?b"\n/);
  assert.match(text, /the request's header cookie is removed\n/);
  assert.match(text, /the answer's header x-a also gets "b"\n/);
});

test("a rule for other callers, and one that wants no such header, say so", () => {
  const text = explanationText(explained({ headers: [["x-beta", "1"]] }));
  assert.match(text, /the caller is "shop\/web", it wants "no workload"/);
  assert.match(text, /header x-beta is "1", it wants none\n/);
});
