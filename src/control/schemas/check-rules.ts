// A value against the rules that a CRD writes in CEL (x-kubernetes-validations), such as "either
// this field or that one": https://kubernetes.io/docs/reference/using-api/cel/

import { createRequire } from "node:module";
import { isIP } from "node:net";
import type { Environment, ParseResult } from "@marcbachmann/cel-js";
import type { FieldPath, Json } from "#ir/document.ts";
import { isJsonObject } from "#ir/json-object.ts";
import { jsonText } from "#ir/json-text.ts";
import type { CrdRule, CrdSchema } from "./crd-schema.ts";
import { goPattern } from "./go-pattern.ts";
import type { SchemaFinding } from "./schema-finding.ts";
import { schemaOfField } from "./schema-of-field.ts";

type Package = { readonly Environment: typeof Environment };

// Words of CEL that are fields of objects: the rules escape them.
const ESCAPED = ["namespace"];

const HAS_BEHIND_INDEX = /\bhas\(([\w.]+\[\d+\](?:\.\w+)*)\.(\w+)\)/g;

// The same as in a document, and as rules see it.
type Value = { readonly json: Json; readonly cel: unknown };

// `broken`: places whose structure is wrong; what lies in them or around them isn't looked at, as
// rules rely on types and defaults.
export type RulesCheck = (value: Json, broken: readonly FieldPath[]) => readonly SchemaFinding[];

export function compileRulesCheck(schema: CrdSchema): RulesCheck {
  const rules = new CelRules();
  return (value, broken) => {
    const findings: SchemaFinding[] = [];
    const visit = (inner: CrdSchema, { json, cel }: Value, path: FieldPath): void => {
      const isSound = !broken.some((other) => isWithin(path, other));
      for (const rule of (isSound && inner["x-kubernetes-validations"]) || []) {
        if (!rules.holds(rule, cel)) findings.push(findingOf(rule, json, path));
      }
      for (const [step, field, each] of innerValues(inner, json, cel)) {
        visit(field, each, [...path, step]);
      }
    };
    visit(schema, { json: value, cel: celValue(schema, value) }, []);
    return findings;
  };
}

// One of them is the other, or lies in it.
function isWithin(a: FieldPath, b: FieldPath): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.every((step, i) => step === long[i]);
}

function findingOf(rule: CrdRule, value: Json, path: FieldPath): SchemaFinding {
  const told = rule.message ?? rule.messageExpression ?? rule.rule;
  const message = `Found ${jsonText(value)} that breaks a rule of the kind: ${told}`;
  return { path, code: "WEFT106", message, remedy: undefined };
}

class CelRules {
  readonly #environment: Environment;
  readonly #compiled = new Map<string, ParseResult>();

  constructor() {
    // Loaded with the first document that has such a schema.
    const { Environment: Cel } = createRequire(import.meta.url)("@marcbachmann/cel-js") as Package;
    this.#environment = new Cel({ unlistedVariablesAreDyn: true });
    this.#environment.registerFunction("isIP(string): bool", (text: string) => isIP(text) !== 0);
    this.#environment.registerFunction("string.fits(string): bool", fits);
  }

  // A rule that can't be evaluated is broken, as in an API server.
  holds({ rule }: CrdRule, self: unknown): boolean {
    try {
      return this.#compile(rule)({ self }) === true;
    } catch {
      return false;
    }
  }

  #compile(rule: string): ParseResult {
    const known = this.#compiled.get(rule);
    if (known) return known;
    // The package's own `matches` is RegExp's; an API server's is RE2's. And its `has` takes no
    // index on the way.
    const text = rule.replaceAll(".matches(", ".fits(").replace(HAS_BEHIND_INDEX, '("$2" in $1)');
    const compiled = this.#environment.parse(text);
    this.#compiled.set(rule, compiled);
    return compiled;
  }
}

function fits(text: string, pattern: string): boolean {
  return goPattern(pattern).test(text);
}

// CEL's whole numbers are no doubles. What should be one and isn't stays as it is: its place is
// broken, and no rule looks at it.
function celValue(schema: CrdSchema | undefined, value: Json): unknown {
  if (Array.isArray(value)) return value.map((item: Json) => celValue(schema?.items, item));
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(([name, item = null]): [string, unknown] => {
      return [celName(name), celValue(schema && schemaOfField(schema, name), item)];
    });
    return new Map(entries);
  }
  return schema?.type === "integer" && Number.isInteger(value) ? BigInt(value as number) : value;
}

function celName(name: string): string {
  return ESCAPED.includes(name) ? `__${name}__` : name;
}

// Of a list or an object: where, its schema, the value.
function innerValues(
  schema: CrdSchema,
  json: Json,
  cel: unknown,
): (readonly [step: string | number, schema: CrdSchema, value: Value])[] {
  if (Array.isArray(json)) {
    const { items } = schema;
    const cels = cel as readonly unknown[];
    return items ? json.map((item: Json, i) => [i, items, { json: item, cel: cels[i] }]) : [];
  }
  if (!isJsonObject(json)) return [];
  const cels = cel as ReadonlyMap<string, unknown>;
  return Object.entries(json).flatMap(([name, item = null]) => {
    const field = schemaOfField(schema, name);
    return field ? [[name, field, { json: item, cel: cels.get(celName(name)) }]] : [];
  });
}
