import assert from "node:assert/strict";
import { test } from "node:test";
import { discover } from "#control/discovery/discover.ts";
import { parseDocuments } from "#control/sources/parse-documents.ts";
import { diagnosticText } from "#ir/diagnostic-text.ts";

const PARENTS = '[{ group: "", kind: Service, name: reviews }]';
const ROUTE = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: reviews }
spec:
  parentRefs: ${PARENTS}
  rules:
`;

test("what only the schema refuses is told with file, line and column", () => {
  const text = `${ROUTE}    - name: Not A Name\n      backendRefs: [{ name: reviews, port: 80 }]\n`;
  assert.deepEqual(told(text), [
    'a.yaml:7:7: error WEFT106: HTTPRoute default/reviews: Found "Not A Name", must be text of ' +
      "the form ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ " +
      "(spec.rules[0].name).",
  ]);
});

test("what a dialect has refused is not told again, neither at its place nor around it", () => {
  const backends = "[{ name: reviews, port: many }, { name: reviews }]";
  const lines = told(`${ROUTE}    - backendRefs: ${backends}\n`);
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? "", /Found "many", must be a whole number from 1 to 65535/);
  assert.match(lines[1] ?? "", /Found nothing, must be the port of the service/);
});

test("a dialect's warning about a value that an API server refuses becomes an error", () => {
  const headers = "[{ name: X-User, value: a }, { name: X-User, value: b }]";
  const lines = told(`${ROUTE}    - matches: [{ headers: ${headers} }]
      backendRefs: [{ name: reviews, port: 80 }]\n`);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /error WEFT106: .* Found "X-User" twice in the list/);
});

test("an object that only the schema refuses keeps its last good state", () => {
  const rule = (name: string) =>
    `${ROUTE}    - name: ${name}\n      backendRefs: [{ name: reviews, port: 80 }]\n`;
  const good = discover(parseDocuments("a.yaml", rule("first")));
  const broken = discover(parseDocuments("a.yaml", rule("Second Name")), good);
  assert.equal(broken.model.routes[0]?.rules[0]?.name, "first");
  const mended = discover(parseDocuments("a.yaml", rule("second")), broken);
  assert.equal(mended.model.routes[0]?.rules[0]?.name, "second");
});

function told(text: string): readonly string[] {
  const { diagnostics } = discover(parseDocuments("a.yaml", text));
  return diagnostics.map(diagnosticText);
}
