import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { parseDocuments } from "#control/sources/parse-documents.ts";
import type { Document } from "#ir/document.ts";
import { LatelyChanged } from "./lately-changed.ts";

const SECOND_MS = 1_000;

test("what was added, changed and removed is told with its file, the newest first", () => {
  const [a, b] = documents({ a: 1, b: 1 });
  const lately = new LatelyChanged([a!, b!]);
  const [other] = documents({ b: 2 });
  lately.note([a!, other!], 10 * SECOND_MS);
  const [c] = documents({ c: 1 });
  lately.note([other!, c!], 20 * SECOND_MS);
  assert.deepEqual(
    lately.changes.map(({ atMs, objects }) => [atMs, objects.map((one) => [one.name, one.what])]),
    [
      [
        20 * SECOND_MS,
        [
          ["c", "added"],
          ["a", "removed"],
        ],
      ],
      [10 * SECOND_MS, [["b", "changed"]]],
    ],
  );
  assert.equal(lately.changes[0]!.objects[0]!.file, "shop.yaml");
});

test("a file that is read again and says the same is no change", () => {
  const lately = new LatelyChanged(documents({ a: 1, b: 1 }));
  lately.note(documents({ a: 1, b: 1 }), SECOND_MS);
  assert.deepEqual(lately.changes, []);
});

test("what a cluster moves by itself, and a status that somebody writes, are no changes", () => {
  const route = (status: object) => documentsOf({ kind: "HTTPRoute", spec: { a: 1 }, status });
  const slice = (ready: boolean) => documentsOf({ kind: "EndpointSlice", endpoints: [{ ready }] });
  const lately = new LatelyChanged([...route({}), ...slice(true)]);
  lately.note([...route({ parents: [] }), ...slice(false)], SECOND_MS);
  assert.deepEqual(lately.changes, []);
});

test("changes that come together are one, and neither they nor their objects grow for ever", () => {
  const lately = new LatelyChanged([]);
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`s${i}`, 1]));
  const [first, ...others] = documents(many);
  lately.note([first!], 10 * SECOND_MS);
  lately.note([first!, ...others], 11 * SECOND_MS);
  const [change, ...older] = lately.changes;
  assert.deepEqual(older, []);
  assert.equal(change!.objects.length, LIMITS.changeObjectsToldMax);
  assert.equal(change!.objects.length + change!.further, 30);
  for (let i = 2; i < 100; i++) lately.note(i % 2 ? [first!] : [], i * 10 * SECOND_MS);
  assert.equal(lately.changes.length, LIMITS.changesToldMax);
});

function documents(services: Readonly<Record<string, number>>): readonly Document[] {
  return Object.entries(services).flatMap(([name, port]) =>
    documentsOf({ kind: "Service", metadata: { name }, spec: { ports: [{ port }] } }),
  );
}

function documentsOf(object: object): readonly Document[] {
  const whole = { apiVersion: "v1", metadata: { name: "one" }, ...object };
  return parseDocuments("shop.yaml", JSON.stringify(whole)).documents;
}
