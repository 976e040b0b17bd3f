// rules[].matches[] of a GRPCRoute. A match with anything wrong in it is left out.

import type { FieldReader } from "#ir/field-reader.ts";
import { readPattern } from "#ir/read-pattern.ts";
import type { PathMatch, RouteMatch } from "#ir/route.ts";
import { readHeaders } from "./route-match.ts";

const SERVICE = /^\.?[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*$/i;
const METHOD = /^[A-Za-z_][A-Za-z_0-9]*$/;
const NAME_MAX = 1_024;
const ANY = "[^/]+";

export function readGrpcMatch(reader: FieldReader): RouteMatch | undefined {
  const match: RouteMatch = {
    path: readMethod(reader),
    method: undefined,
    authority: undefined,
    headers: readHeaders(reader),
    query: [],
  };
  return reader.finish() ? match : undefined;
}

function readMethod(reader: FieldReader): PathMatch | undefined {
  const method = reader.object("method");
  if (!method) return undefined;
  const type = method.choice("type", ["Exact", "RegularExpression"]);
  if (!method.has("service") && !method.has("method")) {
    method.require("service", "a service, or a method, or both");
  }
  return type === "RegularExpression" ? regexPath(method) : exactPath(method);
}

function exactPath(reader: FieldReader): PathMatch | undefined {
  const service = readName(reader, "service", SERVICE);
  const method = readName(reader, "method", METHOD);
  if (service !== undefined && method !== undefined) {
    return { kind: "exact", value: `/${service}/${method}` };
  }
  if (service !== undefined) return { kind: "prefix", value: `/${service}/` };
  if (method === undefined) return undefined;
  // A match of the service is more specific, however short.
  return { kind: "regex", value: `/${ANY}/${method}`, isBroad: true };
}

function regexPath(reader: FieldReader): PathMatch | undefined {
  const service = readPattern(reader, "service");
  const method = readPattern(reader, "method");
  if (service === undefined && method === undefined) return undefined;
  const part = (pattern: string | undefined) => (pattern === undefined ? ANY : `(?:${pattern})`);
  return { kind: "regex", value: `/${part(service)}/${part(method)}` };
}

function readName(reader: FieldReader, field: string, form: RegExp): string | undefined {
  const name = reader.text(field);
  if (name === undefined || (form.test(name) && name.length <= NAME_MAX)) return name;
  reader.invalid(field, `the name of a ${field} as protobuf has it`);
  return undefined;
}
