import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "#ir/document.ts";
import { type ReadValues, readValues, type ValueSources } from "./read-values.ts";

function read(sources: Partial<ValueSources>): ReadValues {
  return readValues({
    ...{ version: "1.2.3", profile: "default", kept: {}, files: [], sets: [] },
    ...sources,
  });
}

function controlOf(sources: Partial<ValueSources>): JsonObject {
  const values = read(sources);
  assert.ok(values.kind === "ok", JSON.stringify(values));
  return values.values["control"] as JsonObject;
}

function messagesOf(sources: Partial<ValueSources>): readonly string[] {
  const values = read(sources);
  return values.kind === "invalid" ? values.messages : [];
}

test("the defaults fit their own schema, in every profile", () => {
  for (const profile of ["default", "ha"] as const) {
    const values = read({ profile });
    assert.ok(values.kind === "ok");
    assert.deepEqual(messagesOf({ profile, kept: {}, files: [file(values.values)] }), []);
  }
});

test("--set goes before files, a later file before an earlier, all before the profile", () => {
  const files = [file({ control: { replicas: 5, logLevel: "debug" } }), file({ image: {} })];
  const control = controlOf({ profile: "ha", files, sets: ["control.replicas=2"] });
  assert.equal(control["replicas"], 2);
  assert.equal(control["logLevel"], "debug");
  assert.equal(control["priorityClassName"], "system-cluster-critical");
  assert.equal(controlOf({ profile: "ha" })["replicas"], 3);
});

test("what was kept goes below what is chosen now", () => {
  const kept = { control: { replicas: 5, logLevel: "warn" } };
  const values = read({ kept, sets: ["control.replicas=2"] });
  assert.ok(values.kind === "ok");
  assert.deepEqual(values.chosen, { control: { replicas: 2, logLevel: "warn" } });
});

test("what doesn't fit is told with its place, what was found and what would be right", () => {
  assert.deepEqual(messagesOf({ sets: ["control.replicas=many"] }), [
    "Cannot take the value control.replicas (--set control.replicas=many): " +
      'Found "many", must be a whole number',
  ]);
  assert.deepEqual(messagesOf({ files: [{ path: "v.yaml", text: "controll: {replicas: 1}" }] }), [
    'Cannot take the value controll (in v.yaml): "controll" is no field of this kind at this ' +
      'place. Did you mean "control"?',
  ]);
  assert.match(messagesOf({ sets: ["control.replicas=0"] })[0]!, /must be at least 1$/);
  assert.match(messagesOf({ sets: ["proxy.resources.limits.cpu=fast"] })[0]!, /of the form/);
  assert.match(messagesOf({ sets: ["mesh.trustDomian=x"] })[0]!, /Did you mean "trustDomain"/);
});

test("a file that isn't a map of values is refused, an empty one says nothing", () => {
  assert.match(messagesOf({ files: [{ path: "v.yaml", text: "[1]" }] })[0]!, /must be a map/);
  assert.match(
    messagesOf({ files: [{ path: "v.yaml", text: "a: {" }] })[0]!,
    /Cannot read v\.yaml/,
  );
  assert.deepEqual(messagesOf({ files: [{ path: "v.yaml", text: "# nothing" }] }), []);
});

function file(values: JsonObject): { readonly path: string; readonly text: string } {
  return { path: "values.yaml", text: JSON.stringify(values) };
}
