// `--set a.b=c,d={x,y},e[0].f=true`, as Helm writes it: dots go into maps, brackets into lists,
// braces hold a list, and a backslash takes the meaning from what follows it. true, false, null and
// whole numbers are what they look like; everything else is text.

import type { Json, JsonObject } from "#ir/document.ts";
import { mergeValues } from "./merge-values.ts";

export type ParsedSet =
  | { readonly kind: "ok"; readonly values: JsonObject }
  | { readonly kind: "invalid"; readonly message: string };

const INDEX_MAX = 100;

export function parseSet(text: string): ParsedSet {
  let values: JsonObject = {};
  for (const assignment of split(text, ",")) {
    const [path = "", value, ...more] = splitOnce(assignment, "=");
    const names = split(path, ".").flatMap(nameAndIndexes);
    const isSound = names.every((name) => name !== "" && name !== undefined) && more.length === 0;
    if (value === undefined || !isSound) {
      const message = `Cannot read --set ${text}: "${assignment}" must be like control.replicas=3`;
      return { kind: "invalid", message };
    }
    const nested = names.reduceRight<Json>(
      (inner, name) => (typeof name === "number" ? listWith(name, inner) : mapWith(name!, inner)),
      parseValue(value),
    );
    values = mergeValues(values, nested as JsonObject);
  }
  return { kind: "ok", values };
}

// "tolerations[0]" -> "tolerations", 0
function nameAndIndexes(part: string): readonly (string | number | undefined)[] {
  const [, name = "", indexes = ""] = /^([^[\]]*)((?:\[\d{1,3}\])*)$/.exec(part) ?? [];
  if (name === "") return [undefined];
  const numbers = [...indexes.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  return [unescaped(name), ...numbers.map((each) => (each <= INDEX_MAX ? each : undefined))];
}

function mapWith(name: string | number, value: Json): JsonObject {
  return Object.fromEntries([[name, value]]);
}

function listWith(index: number, value: Json): readonly Json[] {
  return [...Array.from({ length: index }, () => null), value];
}

function parseValue(text: string): Json {
  if (text.startsWith("{") && text.endsWith("}")) {
    const inside = text.slice(1, -1);
    return inside === "" ? [] : split(inside, ",").map(parseScalar);
  }
  return parseScalar(text);
}

function parseScalar(text: string): Json {
  if (text === "true" || text === "false") return text === "true";
  if (text === "null") return null;
  const isWhole = /^(?:0|-?[1-9]\d{0,14})$/.test(text);
  return isWhole ? Number(text) : unescaped(text);
}

function splitOnce(text: string, separator: string): readonly string[] {
  const [first = "", ...rest] = split(text, separator);
  return rest.length === 0 ? [first] : [first, rest.join(separator)];
}

// At separators that no backslash precedes and no braces enclose. Backslashes stay.
function split(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let part = "";
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === "\\") part += char + (text[++i] ?? "");
    else if (char === separator && depth === 0) {
      parts.push(part);
      part = "";
    } else {
      if (char === "{") depth++;
      if (char === "}") depth--;
      part += char;
    }
  }
  return [...parts, part];
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, "$1");
}
