// A parsed YAML document as plain JSON, within bounds.
//
// The library's own conversion is not used: it lets a value contain itself (a: &a [*a]), looks for
// each anchor from the start of the document again, and its search for duplicate keys takes the
// square of their number, which makes one file of a megabyte a minute's work. Here aliases count
// as often as they are used, so a bomb hits `documentValuesMax`.

import { isAlias, isMap, isPair, isScalar, isSeq, type Document as YamlDocument } from "yaml";
import { LIMITS } from "#base/limits.ts";
import type { Json } from "#ir/document.ts";

export type YamlProblem = {
  readonly offset: number;
  readonly message: string;
  readonly remedy: string;
};
export type YamlValue = { readonly value: Json } | { readonly problem: YamlProblem };

type Converting = {
  readonly anchors: Map<string, unknown>;
  values: number;
  problem: YamlProblem | undefined;
};

export function yamlValue(yaml: YamlDocument): YamlValue {
  const converting: Converting = { anchors: new Map(), values: 0, problem: undefined };
  const value = convert(yaml.contents, 0, converting);
  return converting.problem ? { problem: converting.problem } : { value };
}

function convert(node: unknown, depth: number, to: Converting): Json {
  if (to.problem || node === null || node === undefined) return null;
  to.values++;
  if (to.values > LIMITS.documentValuesMax) {
    return stop(to, node, `There are more than ${LIMITS.documentValuesMax} values in one object`);
  }
  if (depth > LIMITS.documentDepthMax) {
    return stop(to, node, `There are more than ${LIMITS.documentDepthMax} levels in one object`);
  }
  if (isAlias(node)) return convertAlias(node, depth, to);
  const value = convertPlain(node, depth, to);
  // Only afterwards: a value that contains itself would never end.
  if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) {
    to.anchors.set(node.anchor, node);
  }
  return value;
}

function convertAlias(alias: { source: string }, depth: number, to: Converting): Json {
  const target = to.anchors.get(alias.source);
  if (target !== undefined) return convert(target, depth + 1, to);
  const remedy = `Write "&${alias.source}" before the value that is meant, further up.`;
  return stop(to, alias, `"*${alias.source}" names an anchor that isn't there`, remedy);
}

function convertPlain(node: unknown, depth: number, to: Converting): Json {
  if (isScalar(node)) return scalarOf(node.value);
  if (isSeq(node)) return node.items.map((item) => convert(item, depth + 1, to));
  if (!isMap(node)) return null;
  // Without a prototype: a key may be called __proto__.
  const object: Record<string, Json> = Object.create(null);
  const merged: Json[] = [];
  for (const pair of node.items) {
    if (!isPair(pair)) continue;
    const key = isScalar(pair.key) ? String(scalarOf(pair.key.value)) : undefined;
    if (key === undefined) stop(to, pair.key ?? node, "A key must be plain text");
    else if (key in object) stop(to, pair.key, `The key "${key}" stands here twice`, "Remove one.");
    else if (key === "<<") merged.push(convert(pair.value, depth + 1, to));
    else object[key] = convert(pair.value, depth + 1, to);
  }
  for (const value of merged.flat()) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) continue;
    for (const [key, item] of Object.entries(value))
      if (!(key in object)) object[key] = item ?? null;
  }
  return object;
}

function scalarOf(value: unknown): Json {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "bigint":
      return Number(value);
    default:
      return value === null || value === undefined ? null : String(value);
  }
}

function stop(to: Converting, node: unknown, message: string, remedy?: string): null {
  const range = (node as { range?: readonly number[] | null }).range;
  to.problem ??= { offset: range?.[0] ?? 0, message, remedy: remedy ?? "Make it simpler." };
  return null;
}
