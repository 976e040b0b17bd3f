import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAllDocuments } from "yaml";
import { editText, type TextEdit } from "./edit-text.ts";

const TEXT = `# the routes
kind: HTTPRoute
apiVersion: gateway.networking.k8s.io/v1
metadata: { name: reviews, namespace: shop }
spec:
  rules:
    - backendRefs:
        # the old one
        - { name: v1, port: 80, weight: 90 } # most
        - { name: v2, port: 80, weight: 10 }
--- # another
kind: Service
apiVersion: v1
metadata: { name: reviews, namespace: shop }
data: |
  a: 1
`;
const ROUTE = { kind: "HTTPRoute", namespace: "shop", name: "reviews" };

function edited(...edits: readonly TextEdit[]): string {
  const editing = editText(TEXT, ROUTE, edits);
  assert.ok(editing.kind === "edited", JSON.stringify(editing));
  return editing.text;
}

test("a value takes another's place, and nothing else changes", () => {
  const path = ["spec", "rules", 0, "backendRefs", 0, "weight"];
  assert.equal(edited({ path, value: 50 }), TEXT.replace("weight: 90", "weight: 50"));
});

test("several fields change in one go", () => {
  const path = (i: number) => ["spec", "rules", 0, "backendRefs", i, "weight"];
  const text = edited({ path: path(0), value: 5 }, { path: path(1), value: 95 });
  assert.equal(text, TEXT.replace("weight: 90", "weight: 5").replace("weight: 10", "weight: 95"));
});

test("a new field comes to its object, comments stay, other objects stay as they are", () => {
  const text = edited({ path: ["spec", "rules", 0, "timeouts"], value: { request: "5s" } });
  assert.match(text, /^ {6}timeouts:\n {8}request: 5s$/m);
  assert.match(text, /# the old one/);
  assert.equal(text.slice(text.indexOf("---")), TEXT.slice(TEXT.indexOf("---")));
});

test("null takes a field away", () => {
  const text = edited({ path: ["spec", "rules", 0, "backendRefs", 1], value: null });
  assert.equal(text.includes("v2"), false);
  assert.match(text, /weight: 90 \} # most/);
});

test("what a text would read otherwise is quoted", () => {
  const text = edited({ path: ["metadata", "name"], value: "on: off # not a comment" });
  assert.match(text, /name: "on: off # not a comment"/);
});

test("a text keeps its meaning where braces, commas and numbers would take it", () => {
  const path = ["metadata", "name"];
  for (const value of [
    "a, b",
    "^/a{1,3}$",
    "80",
    "true",
    "x: y",
    "",
    "it's",
    `${"long ".repeat(30)}`,
  ]) {
    const editing = editText(TEXT, ROUTE, [{ path, value }]);
    assert.ok(editing.kind === "edited");
    const [route] = parseAllDocuments(editing.text);
    assert.equal((route as { getIn(path: string[]): unknown }).getIn(path), value);
  }
});

test("a text of several lines is replaced as a whole", () => {
  const target = { ...ROUTE, kind: "Service" };
  const editing = editText(TEXT, target, [{ path: ["data"], value: "b" }]);
  assert.ok(editing.kind === "edited");
  assert.match(editing.text, /^data: b$/m);
});

test("an object that isn't there, and a way that leads nowhere, are told apart", () => {
  assert.deepEqual(editText(TEXT, { ...ROUTE, name: "other" }, []), { kind: "absent" });
  const lost = editText(TEXT, ROUTE, [{ path: ["kind", "x"], value: 1 }]);
  assert.deepEqual(lost, { kind: "refused", reason: '"kind" has no fields' });
});
