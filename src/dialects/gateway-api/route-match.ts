// rules[].matches[] of an HTTPRoute. What can't be honoured must not match more than was written:
// a match with anything wrong in it is left out.

import type { FieldReader } from "#ir/field-reader.ts";
import { readPattern } from "#ir/read-pattern.ts";
import type { FieldMatch, PathMatch, RouteMatch } from "#ir/route.ts";

const METHODS = [
  ...["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"],
] as const;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export function readRouteMatch(reader: FieldReader): RouteMatch | undefined {
  const match: RouteMatch = {
    path: readPath(reader),
    method: reader.choice("method", METHODS),
    authority: undefined,
    headers: readHeaders(reader),
    query: readFields(reader, "queryParams", (name) => name),
  };
  return reader.finish() ? match : undefined;
}

function readPath(reader: FieldReader): PathMatch | undefined {
  const path = reader.object("path");
  if (!path) return undefined;
  const type = path.choice("type", ["Exact", "PathPrefix", "RegularExpression"]);
  if (type === "RegularExpression") return readRegex(path);
  const value = path.text("value") ?? "/";
  if (!value.startsWith("/")) path.invalid("value", 'a path that begins with "/"');
  if (type === "Exact") return { kind: "exact", value };
  // "/shop/" and "/shop" are the same prefix: whole segments count.
  const trimmed = value.length > 1 && value.endsWith("/") ? value.slice(0, -1) : value;
  return { kind: "segment-prefix", value: trimmed };
}

export function readHeaders(reader: FieldReader): readonly FieldMatch[] {
  return readFields(reader, "headers", (name, field) => {
    if (!TOKEN.test(name)) field.invalid("name", "the name of a header");
    return name.toLowerCase();
  });
}

function readFields(
  reader: FieldReader,
  list: "headers" | "queryParams",
  normal: (name: string, field: FieldReader) => string,
): readonly FieldMatch[] {
  const matches: FieldMatch[] = [];
  for (const field of reader.list(list)) {
    for (const required of ["name", "value"]) field.require(required, "text");
    const name = normal(field.text("name") ?? "", field);
    const type = field.choice("type", ["Exact", "RegularExpression"]);
    const value =
      type === "RegularExpression"
        ? readRegex(field)
        : { kind: "exact" as const, value: field.text("value") ?? "" };
    if (!matches.some((other) => other.name === name)) {
      if (value) matches.push({ name, value });
      continue;
    }
    const message = `A match for "${name}" stands before this one; the first counts`;
    field.report(["name"], { severity: "warning", code: "WEFT106", message });
  }
  return matches;
}

function readRegex(reader: FieldReader) {
  const value = readPattern(reader, "value");
  return value === undefined ? undefined : { kind: "regex" as const, value };
}
