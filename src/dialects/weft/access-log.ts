// spec.accessLog of a MeshConfig: off where it isn't there.

import {
  ACCESS_LOG_FIELD_NAMES,
  type AccessLog,
  type AccessLogCondition,
  DEFAULT_ACCESS_LOG_FIELDS,
} from "#ir/access-log.ts";
import { parseDurationMs } from "#ir/duration.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { SECRET_HEADERS } from "#ir/secret-headers.ts";
import { readPercent } from "./read-percent.ts";

const HEADERS_MAX = 16;
const HEADER = /^[a-z0-9-]{1,128}$/;

export function readAccessLog(spec: FieldReader): AccessLog | undefined {
  const log = spec.object("accessLog");
  if (!log) return undefined;
  const isOff = log.flag("disabled") === true;
  const format = log.choice("format", ["json", "text"]) ?? "json";
  const fields = readFields(log);
  const headers = readHeaders(log);
  const filter = readFilter(log.inside("filter"));
  const sides = log.choice("sides", ["served", "both"]) ?? "served";
  const isOnce = sides === "served" && filter.reporter === undefined;
  return isOff || !log.isSound ? undefined : { format, fields, headers, filter, isOnce };
}

function readFields(log: FieldReader): AccessLog["fields"] {
  if (!log.has("fields")) {
    return DEFAULT_ACCESS_LOG_FIELDS;
  }
  return log.texts("fields").flatMap((text) => {
    const known = ACCESS_LOG_FIELD_NAMES.find((name) => name === text);
    if (known === undefined) log.invalid("fields", `of ${ACCESS_LOG_FIELD_NAMES.join(", ")}`);
    return known ?? [];
  });
}

function readHeaders(log: FieldReader): readonly string[] {
  const names = log.texts("headers").map((name) => name.toLowerCase());
  const right = names.every((name) => HEADER.test(name) && !SECRET_HEADERS.includes(name));
  if (right && names.length <= HEADERS_MAX) return names;
  log.invalid(
    "headers",
    `up to ${HEADERS_MAX} names of request headers, none of ${SECRET_HEADERS.join(", ")}`,
  );
  return [];
}

function readFilter(filter: FieldReader): AccessLogCondition {
  const statusAtLeast = filter.integer("statusAtLeast", 100, 599);
  const durationAtLeastMs = readDuration(filter);
  const methods = filter.texts("methods");
  const pathPrefixes = filter.texts("pathPrefixes");
  const reporter = filter.choice("reporter", ["source", "destination"]);
  const percent = readPercent(filter);
  return {
    ...(statusAtLeast !== undefined && { statusAtLeast }),
    ...(durationAtLeastMs !== undefined && { durationAtLeastMs }),
    ...(filter.flag("failures") === true && { failures: true as const }),
    ...(methods.length > 0 && { methods }),
    ...(pathPrefixes.length > 0 && { pathPrefixes }),
    ...(reporter !== undefined && { reporter }),
    ...(percent !== undefined && { percent }),
  };
}

function readDuration(filter: FieldReader): number | undefined {
  const expected = 'a duration such as "250ms"';
  const text = filter.text("durationAtLeast", expected);
  if (text === undefined) return undefined;
  const ms = parseDurationMs(text);
  if (ms === undefined) filter.invalid("durationAtLeast", expected);
  return ms;
}
