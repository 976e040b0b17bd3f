// trafficPolicy.loadBalancer of a DestinationRule: which endpoint a request gets.

import { LIMITS } from "#base/limits.ts";
import type { Balancer, HashKey, HashTable, WarmUp } from "#ir/destination-policy.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { readDurationMs } from "#ir/read-duration.ts";
import { readLocality } from "#ir/read-locality.ts";
import { reportDeprecated } from "#ir/report-deprecated.ts";
import { isPrime } from "./is-prime.ts";

const SIMPLE = [
  "UNSPECIFIED",
  "LEAST_REQUEST",
  "ROUND_ROBIN",
  "RANDOM",
  "PASSTHROUGH",
  "LEAST_CONN",
] as const;
const RING_POINTS = 1024; // Istio's own defaults, as are the others
const MAGLEV_SLOTS = 65_537;
const WARM_UP_PERCENT = 10;
const AGGRESSION_MOST = 100;
// They become part of a header.
const COOKIE_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/i;
const COOKIE_PATH = /^[ -:<-~]*$/;

export function readLoadBalancer(policy: FieldReader): Balancer | undefined {
  const reader = policy.object("loadBalancer");
  if (!reader) return undefined;
  reader.unsupported("warning", "zones get no shares by their size", "zoneAwareLbSetting");
  const measured = "endpoints are told apart by what their answers take, not by what they report";
  reader.unsupported("warning", measured, "backendUtilization");
  const found = readLocality(reader);
  const locality = found && { locality: found };
  const kind = readSimple(reader);
  const warmUp = readWarmUp(reader);
  const hash = reader.object("consistentHash");
  if (!hash) return { kind: kind ?? "peak-ewma", ...(warmUp && { warmUp }), ...locality };
  if (kind) reader.invalid("simple", "absent beside consistentHash");
  const balancer = readConsistentHash(hash);
  return balancer && { ...balancer, ...locality };
}

function readSimple(reader: FieldReader) {
  switch (reader.choice("simple", SIMPLE)) {
    case "ROUND_ROBIN":
      return "round-robin";
    case "RANDOM":
      return "random";
    case "LEAST_REQUEST":
      return "least-request";
    case "LEAST_CONN":
      reportDeprecated(reader, "simple", 'LEAST_CONN is read as "LEAST_REQUEST"');
      return "least-request";
    // Whoever dials an address gets that. Here names are dialled, and where the platform would
    // choose an address for one, any is as good.
    case "PASSTHROUGH":
      return "random";
    default:
      return undefined;
  }
}

function readWarmUp(reader: FieldReader): WarmUp | undefined {
  const legacyMs = readDurationMs(reader, "warmupDurationSecs", 1);
  const warmUp = reader.object("warmup");
  if (warmUp?.isSound) warmUp.require("duration", 'a duration such as "1m30s"');
  const durationMs = (warmUp && readDurationMs(warmUp, "duration", 1)) ?? legacyMs;
  const percentMin = (warmUp && readNumber(warmUp, "minimumPercent", 0, 100)) ?? WARM_UP_PERCENT;
  const aggression = (warmUp && readNumber(warmUp, "aggression", 1, AGGRESSION_MOST)) ?? 1;
  return durationMs === undefined ? undefined : { durationMs, percentMin, aggression };
}

function readNumber(
  reader: FieldReader,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const value = reader.scalar(name);
  if (value === undefined) return undefined;
  if (typeof value === "number" && value >= least && value <= most) return value;
  reader.invalid(name, `a number from ${least} to ${most}`);
  return undefined;
}

function readConsistentHash(reader: FieldReader): Balancer | undefined {
  const keys: HashKey[] = [];
  const header = reader.text("httpHeaderName");
  if (header !== undefined) keys.push({ kind: "header", name: header.toLowerCase() });
  const cookie = reader.object("httpCookie");
  if (cookie) keys.push(readCookie(cookie));
  if (reader.flag("useSourceIp")) keys.push({ kind: "source" });
  const query = reader.text("httpQueryParameterName");
  if (query !== undefined) keys.push({ kind: "query", name: query });
  const table = readTable(reader);
  const [by] = keys;
  if (by && keys.length === 1 && reader.isSound) return { kind: "hash", by, table };
  if (reader.isSound) {
    const expected = "one of httpHeaderName, httpCookie, useSourceIp, httpQueryParameterName";
    reader.invalidAt([], undefined, `an object with exactly ${expected}`);
  }
  return undefined;
}

function readCookie(reader: FieldReader): HashKey {
  reader.require("name", "the cookie's name");
  const name = reader.text("name") ?? "";
  const path = reader.text("path") ?? "";
  if (reader.has("name") && !COOKIE_NAME.test(name)) reader.invalid("name", "a cookie's name");
  if (!COOKIE_PATH.test(path)) reader.invalid("path", "a path without semicolons");
  const lifeMs = readDurationMs(reader, "ttl");
  const attributes = reader.list("attributes").map(readAttribute);
  const life = lifeMs !== undefined && { lifeMs };
  return { kind: "cookie", name, path, ...life, ...(attributes.length > 0 && { attributes }) };
}

// "Secure", or "SameSite=Strict".
function readAttribute(reader: FieldReader): string {
  reader.require("name", "the attribute's name");
  const name = reader.text("name") ?? "";
  const value = reader.text("value") ?? "";
  if (reader.has("name") && !COOKIE_NAME.test(name)) reader.invalid("name", "an attribute's name");
  if (!COOKIE_PATH.test(value)) reader.invalid("value", "a value without semicolons");
  return value === "" ? name : `${name}=${value}`;
}

function readTable(reader: FieldReader): HashTable {
  const most = LIMITS.hashTableSlotsMax;
  const legacy = reader.integer("minimumRingSize", 1, most);
  const ring = reader.object("ringHash")?.integer("minimumRingSize", 1, most);
  const maglev = reader.object("maglev");
  if (!maglev) return { kind: "ring", pointsMin: ring ?? legacy ?? RING_POINTS };
  const slots = maglev.integer("tableSize", 1, most) ?? MAGLEV_SLOTS;
  if (!isPrime(slots)) maglev.invalid("tableSize", "a prime number");
  if (reader.has("ringHash")) reader.invalid("ringHash", "absent beside maglev");
  return { kind: "maglev", slots };
}
