// Our CRDs and our translators read the same fields: what an API server lets in has a meaning, and
// what has a meaning is let in.

import assert from "node:assert/strict";
import { test } from "node:test";
import { translatedKinds, translatorOf } from "#control/discovery/translators.ts";
import { parseDocuments } from "#control/sources/parse-documents.ts";
import { FAULT_INJECTION_SCHEMA } from "#install/fault-injection-schema.ts";
import { MESH_CONFIG_SCHEMA } from "#install/mesh-config-schema.ts";
import type { StructuralSchema } from "#install/structural-schema.ts";
import { weftCrds } from "#install/weft-crds.ts";
import { WORKLOAD_SCHEMA } from "#install/workload-schema.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Json } from "#ir/document.ts";

type Step = string | number;
type Found = { readonly path: readonly Step[]; readonly schema: StructuralSchema };

const NOBODYS = "nobodyHasThis";
const SCHEMAS = [
  ["FaultInjection", FAULT_INJECTION_SCHEMA],
  ["MeshConfig", MESH_CONFIG_SCHEMA],
  ["Workload", WORKLOAD_SCHEMA],
] as const;

for (const [kind, schema] of SCHEMAS) {
  const all = [...walk(["spec"], schema)];

  test(`each field of the CRD of ${kind} is one that its translator reads`, () => {
    for (const { path } of all) {
      const found = translate(kind, documentWith(kind, path, { [NOBODYS]: "" }));
      assert.deepEqual(unknownAt(found, path), [], pathText(path));
    }
  });

  test(`each field that the translator of ${kind} reads is in the CRD`, () => {
    for (const { path, schema } of all.filter(({ schema }) => schema.properties)) {
      const names = Object.keys(schema.properties!);
      const found = translate(kind, documentWith(kind, [...path, NOBODYS], "x"));
      const remedy = unknownAt(found, [...path, NOBODYS])[0]?.remedy ?? "";
      const known = /^Known here: (.*?)(?:, \.\.\.|\.)$/.exec(remedy)?.[1]?.split(", ") ?? [];
      // Some are read only beside others, and of many only the first are told.
      assert.notEqual(known.length, 0, remedy);
      assert.deepEqual(
        known.filter((name) => !names.includes(name)),
        [],
        pathText(path),
      );
    }
  });

  test(`what the CRD of ${kind} refuses, its translator refuses`, () => {
    for (const { path, schema } of all) {
      for (const value of refusedBy(schema)) {
        const found = translate(kind, documentWith(kind, path, value));
        const errors = found.filter(({ severity }) => severity === "error");
        assert.notEqual(errors.length, 0, `${pathText(path)}: ${JSON.stringify(value)}`);
      }
    }
  });

  test(`what the translator of ${kind} takes as a name, its CRD takes`, () => {
    for (const { path, schema } of all.filter(({ schema }) => schema.enum)) {
      for (const value of schema.enum!) {
        const found = translate(kind, documentWith(kind, path, value));
        const field = pathText(path);
        assert.deepEqual(
          found.filter((each) => each.field === field),
          [],
          `${field}: ${value}`,
        );
      }
      const found = translate(kind, documentWith(kind, path, NOBODYS));
      const refusal = found.find(({ field }) => field === pathText(path));
      // Told of the list that it is in, perhaps.
      if (!refusal) {
        assert.ok(found.some(({ severity }) => severity === "error"));
        continue;
      }
      const told = /must be (?:one of )?(.*)$/.exec(refusal.message)?.[1] ?? "";
      const names: readonly string[] = told.match(/[A-Za-z_0-9]+/g) ?? [];
      const taken = names.filter((name) => name !== "or" && name !== "one" && name !== "of");
      assert.deepEqual(taken.sort(), [...schema.enum!].sort(), refusal.message);
    }
  });
}

test("there is a CRD for each kind of ours, in the version that is read", () => {
  const defined = weftCrds().map(({ object }) => {
    const { names, group, versions } = object["spec"] as unknown as {
      readonly group: string;
      readonly names: { readonly kind: string };
      readonly versions: readonly { readonly name: string }[];
    };
    const read = translatorOf(group, names.kind)?.versions;
    assert.deepEqual(
      versions.map(({ name }) => name),
      read,
      names.kind,
    );
    return `${group}/${names.kind}`;
  });
  const ours = translatedKinds().filter((kind) => kind.startsWith("weft.dev/"));
  assert.deepEqual(defined.sort(), [...ours].sort());
});

function* walk(path: readonly Step[], schema: StructuralSchema): Generator<Found> {
  yield { path, schema };
  for (const [name, each] of Object.entries(schema.properties ?? {})) {
    yield* walk([...path, name], each);
  }
  if (schema.items) yield* walk([...path, 0], schema.items);
  if (schema.additionalProperties) yield* walk([...path, "region"], schema.additionalProperties);
}

function refusedBy({ type, minimum, maximum }: StructuralSchema): readonly Json[] {
  return [
    ...(minimum === undefined ? [] : [minimum - 1]),
    ...(maximum === undefined ? [] : [maximum + 1]),
    ...(type === "integer" ? ["x"] : []),
    ...(type === "string" ? [1, true] : []),
    ...(type === "array" || type === "boolean" ? ["x"] : []),
    ...(type === "object" ? ["x", ["x"]] : []),
  ];
}

function documentWith(kind: string, path: readonly Step[], value: Json): Json {
  const whole = path.reduceRight<Json>(
    (inner, step) => (typeof step === "number" ? [inner] : { [step]: inner }),
    value,
  ) as { readonly spec: Json };
  const spec = whole.spec;
  const isMap = typeof spec === "object" && spec !== null && !Array.isArray(spec);
  const needed = kind === "Workload" && isMap ? { command: ["true"] } : {};
  return {
    ...{ apiVersion: "weft.dev/v1alpha1", kind, metadata: { name: "one" } },
    spec: isMap ? { ...needed, ...spec } : spec,
  };
}

function translate(kind: string, object: Json): readonly Diagnostic[] {
  const parsed = parseDocuments("one.yaml", JSON.stringify(object));
  const [document] = parsed.documents;
  if (!document) return parsed.diagnostics;
  const { diagnostics } = translatorOf("weft.dev", kind)!.translate(document);
  return [...parsed.diagnostics, ...diagnostics];
}

function unknownAt(found: readonly Diagnostic[], path: readonly Step[]): readonly Diagnostic[] {
  return found.filter(({ code, field }) => code === "WEFT105" && field === pathText(path));
}

function pathText(path: readonly Step[]): string {
  return path
    .map((step, i) => (typeof step === "number" ? `[${step}]` : `${i > 0 ? "." : ""}${step}`))
    .join("");
}
