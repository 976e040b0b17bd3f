import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "./diagnostic.ts";
import { diagnosticText } from "./diagnostic-text.ts";
import type { JsonObject } from "./document.ts";
import { FieldReader } from "./field-reader.ts";
import { plainDocument } from "./plain-document.ts";

const CORRECT_IT = "Correct the value; until then the object's last accepted state goes on.";

test("what is read and fits is silent, null reads as absent", () => {
  const { spec, lines } = reader({ a: "x", b: 1, c: true, d: ["x"], e: { k: "v" }, f: null });
  assert.equal(spec.text("a"), "x");
  assert.equal(spec.integer("b", 1, 1), 1);
  assert.equal(spec.flag("c"), true);
  assert.deepEqual(spec.texts("d"), ["x"]);
  assert.deepEqual([...spec.textMap("e")], [["k", "v"]]);
  assert.equal(spec.object("f"), undefined);
  assert.deepEqual([spec.finish(), lines()], [true, []]);
});

test("what nobody asked for is reported, with the name that was meant", () => {
  const { spec, lines } = reader({ wieght: 1, colour: 2, inner: { hots: [] } });
  spec.integer("weight", 0, 9);
  spec.object("inner")?.texts("hosts");
  assert.equal(spec.finish(), false);
  assert.deepEqual(lines(), [
    'error WEFT105: A default/a: "wieght" is no field of this kind at this place (spec.wieght). ' +
      'Did you mean "weight"?',
    'error WEFT105: A default/a: "colour" is no field of this kind at this place (spec.colour). ' +
      "Known here: weight, inner.",
    'error WEFT105: A default/a: "hots" is no field of this kind at this place ' +
      '(spec.inner.hots). Did you mean "hosts"?',
  ]);
});

test("what doesn't fit is reported once, with what would be right, and reads as absent", () => {
  const { spec, lines } = reader({ a: 1, b: 1.5, c: "yes", d: "x", e: [1], f: { k: 2 }, g: "tpc" });
  assert.equal(spec.text("a"), undefined);
  assert.equal(spec.integer("b", 0, 9), undefined);
  assert.equal(spec.flag("c"), undefined);
  assert.deepEqual(spec.texts("d"), []);
  assert.deepEqual(spec.texts("e"), []);
  assert.equal(spec.textMap("f").size, 0);
  assert.equal(spec.choice("g", ["http", "tcp"]), undefined);
  assert.equal(spec.finish(), false);
  assert.deepEqual(
    lines().map((line) => line.replace("error WEFT106: A default/a: ", "")),
    [
      'Found 1 (a number), must be text (spec.a). Put it in quotes: "1".',
      `Found 1.5 (a number), must be a whole number from 0 to 9 (spec.b). ${CORRECT_IT}`,
      `Found "yes", must be true or false (spec.c). ${CORRECT_IT}`,
      `Found "x", must be a list of texts (spec.d). ${CORRECT_IT}`,
      "Found 1 (a number), must be text (spec.e[0]). Put it in quotes.",
      "Found 2 (a number), must be text (spec.f.k). Put it in quotes.",
      'Found "tpc", must be one of http, tcp (spec.g). Did you mean "tcp"?',
    ],
  );
});

test("a value of the wrong shape reads as something empty that isn't sound, and is muted", () => {
  const { spec, lines } = reader({ rule: "x", rules: { a: 1 }, items: ["x"], map: [] });
  const readers = [
    spec.object("rule")!,
    ...spec.list("rules"),
    ...spec.list("items"),
    ...spec.objectMap("map").map(([, inner]) => inner),
  ];
  for (const inner of readers) {
    inner.require("name", "text");
    assert.equal(inner.isSound, false);
  }
  assert.equal(lines().length, 4);
});

test("an error further in makes everything around it unsound, and nothing beside it", () => {
  const { spec } = reader({ list: [{ a: 1 }, { a: "x" }] });
  const [first, second] = spec.list("list");
  for (const item of [first, second]) item?.text("a");
  assert.deepEqual([first?.isSound, second?.isSound, spec.isSound], [false, true, false]);
});

test("a field that we know and don't support is reported where it is there", () => {
  const { spec, lines } = reader({ timeout: "5s", fault: null });
  spec.unsupported("warning", "requests have no time limit", "timeout", "fault", "mirror");
  assert.equal(spec.finish(), true);
  assert.deepEqual(lines(), [
    "warning WEFT104: A default/a: Not supported: requests have no time limit (spec.timeout).",
  ]);
});

test("a field named like something that every object has is still only a field", () => {
  const { spec, lines } = reader(JSON.parse('{"__proto__": {"a": 1}, "constructor": "x"}'));
  assert.equal(spec.text("toString"), undefined);
  assert.equal(spec.has("hasOwnProperty"), false);
  spec.finish();
  assert.equal(lines().length, 2);
});

function reader(spec: JsonObject) {
  const diagnostics: Diagnostic[] = [];
  const document = plainDocument({ apiVersion: "v1", kind: "A", metadata: { name: "a" }, spec });
  const root = FieldReader.of(document, diagnostics);
  return { spec: root.inside("spec"), lines: () => diagnostics.map(diagnosticText) };
}
