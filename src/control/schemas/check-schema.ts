// A document against the schema of its kind, as an API server would when somebody applies it.
//
// Unlike the dialects it knows nothing of what fields mean: it finds what they have let pass.

import type { Document, Json } from "#ir/document.ts";
import { isJsonObject } from "#ir/json-object.ts";
import { checkLists } from "./check-lists.ts";
import { compileRulesCheck, type RulesCheck } from "./check-rules.ts";
import { compileStructureCheck, type StructureCheck } from "./check-structure.ts";
import { type CrdSchema, schemaOf } from "./crd-schema.ts";
import type { SchemaFinding } from "./schema-finding.ts";

type Check = { readonly structure: StructureCheck; readonly rules: RulesCheck };

// A memo: compiled when the first document of a kind comes, 10 to 100 ms each.
const CHECKS = new Map<CrdSchema, Check>();

// Another: a source hands out the same Document until its file changes.
const FINDINGS = new WeakMap<Document, readonly SchemaFinding[]>();

// Empty for kinds of which there is no schema.
export function checkSchema(document: Document): readonly SchemaFinding[] {
  const known = FINDINGS.get(document);
  if (known) return known;
  const findings = find(document);
  FINDINGS.set(document, findings);
  return findings;
}

function find({ apiVersion, origin, spec }: Document): readonly SchemaFinding[] {
  const { group, kind } = origin.ref;
  const schema = schemaOf(group, kind, apiVersion.slice(apiVersion.indexOf("/") + 1));
  if (!schema) return [];
  const { structure, rules } = checkOf(schema);
  const value = withoutNulls(spec);
  const found = [...structure(value), ...checkLists(schema, value)];
  const broken = found.map(({ path }) => path);
  return firsts([...found, ...rules(value, broken)]).map((finding) => ({
    ...finding,
    path: ["spec", ...finding.path],
  }));
}

// One place, one finding: what is empty is also of the wrong form.
function firsts(findings: readonly SchemaFinding[]): readonly SchemaFinding[] {
  const seen = new Set<string>();
  return findings.filter(({ path }) => {
    const text = JSON.stringify(path);
    return !seen.has(text) && seen.add(text);
  });
}

function checkOf(schema: CrdSchema): Check {
  const known = CHECKS.get(schema);
  if (known) return known;
  const check = { structure: compileStructureCheck(schema), rules: compileRulesCheck(schema) };
  CHECKS.set(schema, check);
  return check;
}

// A copy, for defaults to be filled in. Of an object's fields, null is the same as absent.
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const filled = Object.entries(value).filter(([, item]) => item !== undefined && item !== null);
  return Object.fromEntries(filled.map(([name, item]) => [name, withoutNulls(item as Json)]));
}
