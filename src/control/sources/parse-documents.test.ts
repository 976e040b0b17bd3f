import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { diagnosticText } from "#ir/diagnostic-text.ts";
import { parseDocuments } from "./parse-documents.ts";

const service = (name: string) => `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\n`;

test("a file holds several documents, and lists of them", () => {
  const list = `apiVersion: v1
kind: List
items:
  - ${service("b").trim().replaceAll("\n", "\n    ")}
    spec:
      type: x
  - ${service("c").trim().replaceAll("\n", "\n    ")}
`;
  const text = `# first\n---\n${service("a")}---\n---\n${list}`;
  const { documents, diagnostics } = parseDocuments("x.yaml", text, "shop");
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(
    documents.map(({ namespace, name, origin }) => [namespace, name, origin.position?.line]),
    [
      ["shop", "a", 3],
      ["shop", "b", 11],
      ["shop", "c", 16],
    ],
  );
  assert.deepEqual(documents[1]!.position(["spec", "type"]), {
    file: "x.yaml",
    line: 15,
    column: 7,
  });
});

test("JSON is read as it stands, tabs and positions included", () => {
  const object = { apiVersion: "v1", kind: "Service", metadata: { name: "a" }, spec: { x: [1] } };
  const text = JSON.stringify(object, undefined, "\t");
  const { documents, diagnostics } = parseDocuments("x.json", text);
  assert.deepEqual(diagnostics, []);
  assert.equal(documents[0]!.namespace, "default");
  assert.deepEqual(documents[0]!.position(["spec", "x", 0]), {
    file: "x.json",
    line: 9,
    column: 4,
  });
});

test("a field that isn't there has the position of the nearest around it that is", () => {
  const text = `${service("a")}spec:\n  ports:\n    - name: http\n`;
  const [document] = parseDocuments("x.yaml", text).documents;
  assert.equal(document!.position(["spec", "ports", 0, "port"])?.line, 6);
  assert.equal(document!.position(["spec", "ports", 7, "port"])?.line, 5);
  assert.equal(document!.position(["nothing"])?.line, 1);
});

test("a broken document is reported once, with its place, and takes no neighbour with it", () => {
  const text = `${service("a")}---\nkind: [Service\nmetadata:\n---\n${service("b")}`;
  const { documents, diagnostics } = parseDocuments("x.yaml", text);
  assert.deepEqual(
    documents.map(({ name }) => name),
    ["a", "b"],
  );
  assert.deepEqual(diagnostics.map(diagnosticText), [
    "x.yaml:6:1: error WEFT101: Flow sequence in block collection must be sufficiently indented " +
      "and end with a ]. Line it up with the lines above it, and close every bracket.",
  ]);
});

test("what people get wrong in YAML has a place and a remedy", () => {
  for (const [text, line] of [
    ["a: 1\n  b: 2\n", 1],
    ["a:\n\t- b\n", 2],
    ['a: "unclosed\n', 2],
    ["a: 1\nb: 2\na: 3\n", 3],
    ["a: *nope\n", 1],
    ["a: @at\n", 1],
    ["? [a]\n: 1\n", 1],
  ] as const) {
    const { documents, diagnostics } = parseDocuments("x.yaml", text);
    assert.deepEqual(documents, [], text);
    assert.equal(diagnostics.length, 1, text);
    assert.equal(diagnostics[0]!.code, "WEFT101", text);
    assert.equal(diagnostics[0]!.position?.line, line, text);
    assert.ok(diagnostics[0]!.remedy, text);
  }
});

test("an object without apiVersion, kind or a proper name is none", () => {
  for (const text of [
    "just text",
    "[1, 2]",
    "kind: Service\nmetadata: {name: a}",
    "apiVersion: v1\nkind: Service",
    "apiVersion: v1\nkind: Service\nmetadata: {name: ../../etc/passwd}",
    "apiVersion: v1\nkind: Service\nmetadata: {name: Upper}",
    "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: a.b}",
    `apiVersion: v1\nkind: Service\nmetadata: {name: ${"a".repeat(254)}}`,
  ]) {
    const { documents, diagnostics } = parseDocuments("x.yaml", text);
    assert.deepEqual(documents, [], text);
    assert.ok(diagnostics.every(({ code }) => code === "WEFT102") && diagnostics.length > 0, text);
  }
});

test("labels that are no texts, and fields that metadata lacks, are reported", () => {
  const text = "apiVersion: v1\nkind: A\nmetadata: {name: a, lables: {}, labels: {v: 1, w: x}}\n";
  const { documents, diagnostics } = parseDocuments("x.yaml", text);
  assert.deepEqual([...documents[0]!.labels], [["w", "x"]]);
  assert.deepEqual(
    diagnostics.map(({ code, field }) => [code, field]),
    [
      ["WEFT105", "metadata.lables"],
      ["WEFT106", "metadata.labels.v"],
    ],
  );
});

test("anchors and merged maps stand for what they name", () => {
  const text = `${service("a")}spec:\n  x: &x {a: 1, b: 2}\n  y: {<<: *x, b: 3}\n  z: *x\n`;
  const { documents, diagnostics } = parseDocuments("x.yaml", text);
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(JSON.parse(JSON.stringify(documents[0]!.spec)), {
    x: { a: 1, b: 2 },
    y: { b: 3, a: 1 },
    z: { a: 1, b: 2 },
  });
});

test("a value within itself, a bomb of aliases and a well of brackets end as WEFT101", () => {
  const bomb = [..."bcdefgh"].map((name, i) => {
    const before = String.fromCharCode(name.charCodeAt(0) - 1);
    return `${name}: &${name} [${Array(9).fill(`*${before}`).join(", ")}] # ${i}`;
  });
  for (const text of [
    "a: &a [*a]",
    "a: &a {b: *a}",
    `a: &a [1]\n${bomb.join("\n")}\n`,
    "[".repeat(3000),
    `${"- ".repeat(100)}x`,
  ]) {
    const { documents, diagnostics } = parseDocuments("x.yaml", text);
    assert.deepEqual([documents.length, diagnostics.length], [0, 1]);
    assert.equal(diagnostics[0]!.code, "WEFT101");
  }
});

test("keys of one map are told apart in linear time, and may have any name", () => {
  const keys = Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join("\n  ");
  const text = `${service("a")}spec:\n  __proto__: {a: b}\n  ${keys}\n`;
  const { documents, diagnostics } = parseDocuments("x.yaml", text);
  assert.deepEqual(diagnostics, []);
  assert.equal(Object.keys(documents[0]!.spec).length, 20_001);
  assert.equal(Object.hasOwn(documents[0]!.spec, "__proto__"), true);
});

test("a file over the limit, and an object too many, are refused", () => {
  const large = parseDocuments("x.yaml", `# ${"x".repeat(LIMITS.documentBytesMax)}`);
  assert.deepEqual(
    large.diagnostics.map(({ code }) => code),
    ["WEFT301"],
  );
  const item = '{"apiVersion":"v1","kind":"A","metadata":{"name":"a"}}';
  const items = Array(LIMITS.documentsMax + 1).fill(item);
  const many = parseDocuments("x.yaml", `{"kind":"List","items":[\n${items.join(",\n")}]}`);
  assert.equal(many.documents.length, LIMITS.documentsMax);
  assert.equal(many.diagnostics[0]?.code, "WEFT301");
});
