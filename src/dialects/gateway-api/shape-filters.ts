// The filters that change a request or its answer, or redirect it.

import {
  EDITABLE_EXPECTED,
  isEditableHeader,
  isHeaderValue,
  VALUE_EXPECTED,
} from "#ir/editable-header.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import type { HeaderEdits, HeaderPair, PathEdit } from "#ir/request-shape.ts";
import { AUTHORITY_EXPECTED, isAuthority, isPath, PATH_EXPECTED } from "#ir/request-text.ts";
import type { Redirect } from "#ir/route-reply.ts";
import { readCors } from "./cors.ts";
import type { ShapeFound } from "./shape-found.ts";

const REDIRECTS = [301, 302, 303, 307, 308];

type Shaper = (settings: FieldReader, found: ShapeFound) => void;

// By type: the field with its settings, and what reads them.
const SHAPERS: ReadonlyMap<string, readonly [field: string, read: Shaper]> = new Map([
  ["RequestHeaderModifier", ["requestHeaderModifier", readRequestHeaders]],
  ["ResponseHeaderModifier", ["responseHeaderModifier", readResponseHeaders]],
  ["URLRewrite", ["urlRewrite", readRewrite]],
  ["RequestRedirect", ["requestRedirect", readRedirect]],
  ["CORS", ["cors", readCorsPolicy]],
]);

// What the specification leaves open for backends is for rules only.
const ON_BACKENDS = ["RequestHeaderModifier", "ResponseHeaderModifier"];

export function isShapeFilter(type: string, { isOnBackend }: ShapeFound): boolean {
  return SHAPERS.has(type) && (!isOnBackend || ON_BACKENDS.includes(type));
}

// Why requests must not go on, if so: half of what the filter says would be something else.
export function readShapeFilter(
  filter: FieldReader,
  type: string,
  found: ShapeFound,
): string | undefined {
  const [field, read] = SHAPERS.get(type)!;
  filter.require(field, "the filter's settings");
  const settings = filter.object(field);
  if (settings) read(settings, found);
  if (found.types.has(type)) filter.invalid("type", "a filter that the rule has not had before");
  found.types.add(type);
  if (found.types.has("URLRewrite") && found.types.has("RequestRedirect")) {
    filter.invalid("type", "either URLRewrite or RequestRedirect, not both");
  }
  return filter.finish() ? undefined : `Filter ${type} cannot be read`;
}

function readRequestHeaders(settings: FieldReader, found: ShapeFound): void {
  found.shape = { ...found.shape, request: readHeaderEdits(settings) };
}

function readResponseHeaders(settings: FieldReader, found: ShapeFound): void {
  found.shape = { ...found.shape, response: readHeaderEdits(settings) };
}

function readCorsPolicy(settings: FieldReader, found: ShapeFound): void {
  found.shape = { ...found.shape, cors: readCors(settings) };
}

function readHeaderEdits(settings: FieldReader): HeaderEdits {
  const set = readPairs(settings, "set");
  const add = readPairs(settings, "add");
  const remove = settings.texts("remove").flatMap((name, i) => {
    if (isEditableHeader(name.toLowerCase())) return [name.toLowerCase()];
    settings.invalidAt(["remove", i], name, EDITABLE_EXPECTED);
    return [];
  });
  return { remove, set, add };
}

function readPairs(settings: FieldReader, list: "set" | "add"): readonly HeaderPair[] {
  const pairs: HeaderPair[] = [];
  for (const reader of settings.list(list)) {
    for (const required of ["name", "value"]) reader.require(required, "text");
    const name = (reader.text("name") ?? "").toLowerCase();
    const value = reader.text("value") ?? "";
    if (reader.isSound && !isEditableHeader(name)) reader.invalid("name", EDITABLE_EXPECTED);
    if (reader.isSound && !isHeaderValue(value)) reader.invalid("value", VALUE_EXPECTED);
    if (pairs.some(([other]) => other === name)) {
      const message = `"${name}" stands before this one; the first counts`;
      reader.report(["name"], { severity: "warning", code: "WEFT106", message });
    } else if (reader.isSound) pairs.push([name, value]);
  }
  return pairs;
}

function readRewrite(settings: FieldReader, found: ShapeFound): void {
  const authority = readHostname(settings);
  const path = readPath(settings, found);
  found.shape = {
    ...found.shape,
    ...(authority === undefined ? {} : { authority }),
    ...(path ? { path } : {}),
  };
}

function readRedirect(settings: FieldReader, found: ShapeFound): void {
  const scheme = settings.choice("scheme", ["http", "https"]);
  const authority = readHostname(settings);
  const port = settings.integer("port", 1, 65_535);
  const path = readPath(settings, found);
  const status = settings.integer("statusCode", 300, 399) ?? 302;
  if (!REDIRECTS.includes(status)) settings.invalid("statusCode", `one of ${REDIRECTS.join(", ")}`);
  const redirect: Redirect = {
    ...{ kind: "redirect", status, port: port ?? (scheme === undefined ? "request" : "scheme") },
    ...(scheme === undefined ? {} : { scheme }),
    ...(authority === undefined ? {} : { authority }),
    ...(path ? { path } : {}),
  };
  found.reply = redirect;
}

function readHostname(settings: FieldReader): string | undefined {
  const hostname = settings.text("hostname");
  if (hostname === undefined || (isAuthority(hostname) && !hostname.includes(":"))) return hostname;
  settings.invalid("hostname", AUTHORITY_EXPECTED.replace(", with or without a port", ""));
  return undefined;
}

function readPath(settings: FieldReader, { hasOnePrefix }: ShapeFound): PathEdit | undefined {
  const path = settings.object("path");
  if (!path) return undefined;
  const type = path.choice("type", ["ReplaceFullPath", "ReplacePrefixMatch"]);
  path.require("type", "ReplaceFullPath or ReplacePrefixMatch");
  const field = type === "ReplacePrefixMatch" ? "replacePrefixMatch" : "replaceFullPath";
  const value = path.text(field) ?? "";
  path.require(field, PATH_EXPECTED);
  if (path.isSound && value !== "" && !isPath(value)) path.invalid(field, PATH_EXPECTED);
  if (type !== "ReplacePrefixMatch") return { kind: "full", value: value || "/" };
  if (!hasOnePrefix) {
    const remedy = "Give the rule exactly one match, with a path of type PathPrefix.";
    path.invalidAt(["type"], type, "ReplaceFullPath beside such matches", remedy);
  }
  return { kind: "matched", value };
}
