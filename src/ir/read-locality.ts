// localityLbSetting, as Istio has it in a DestinationRule's loadBalancer and for the whole mesh.

import type { FieldReader } from "./field-reader.ts";
import type { Locality, LocalityShares, LocalityTiers } from "./locality.ts";

const PLACE = 'a place such as "region/zone/subzone", "region/*" or "*"';
const REGION = 'a region, without "/" and "*"';
const PERCENT = 100;

// `holder` has the field. Undefined where it is absent or can't be read.
export function readLocality(holder: FieldReader): Locality | undefined {
  const reader = holder.object("localityLbSetting");
  if (!reader) return undefined;
  const isEnabled = reader.flag("enabled") ?? true;
  const rules = reader.list("distribute").map(readDistribute);
  const regions = reader.list("failover").map(readFailover);
  const labels = reader.texts("failoverPriority").map(labelOf);
  for (const other of ["failover", "failoverPriority"]) {
    const isTwo = rules.length > 0 && reader.has(other);
    if (isTwo) reader.invalid(other, "absent beside distribute", "Say one of the two.");
  }
  if (!reader.isSound) return undefined;
  if (!isEnabled) return { kind: "off" };
  if (rules.length > 0) return { kind: "shares", rules };
  return { kind: "tiers", labels, isByPlace: labels.length === 0 || regions.length > 0, regions };
}

function readDistribute(reader: FieldReader): LocalityShares["rules"][number] {
  reader.require("from", PLACE);
  const from = reader.text("from") ?? "";
  if (reader.has("from") && !isPlace(from)) reader.invalid("from", PLACE);
  reader.require("to", "a map from places to percentages");
  const shares = reader.inside("to");
  const to = shares.names.flatMap((place): [string, number][] => {
    const weight = shares.integer(place, 1, PERCENT);
    if (!isPlace(place)) shares.invalidAt([place], place, PLACE);
    return weight === undefined ? [] : [[place, weight]];
  });
  const total = to.reduce((sum, [, weight]) => sum + weight, 0);
  if (shares.isSound && total !== PERCENT) {
    reader.invalidAt(["to"], total, `percentages that add up to ${PERCENT}`);
  }
  return { from, to };
}

function readFailover(reader: FieldReader): LocalityTiers["regions"][number] {
  for (const name of ["from", "to"]) reader.require(name, REGION);
  const [from, to] = [reader.text("from") ?? "", reader.text("to") ?? ""];
  if (/[/*]/.test(from)) reader.invalid("from", REGION);
  if (/[/*]/.test(to)) reader.invalid("to", REGION);
  if (from === to && from !== "") reader.invalid("to", "another region than from");
  return { from, to };
}

// "name", or "name=value".
function labelOf(text: string): LocalityTiers["labels"][number] {
  const equals = text.indexOf("=");
  if (equals < 0) return { name: text };
  return { name: text.slice(0, equals), value: text.slice(equals + 1) };
}

// A star stands for all that follows, so it is the last part.
function isPlace(text: string): boolean {
  const parts = text.split("/");
  const isWhole = parts.every((part, i) => !part.includes("*") || isLastStar(parts, i));
  return parts.length <= 3 && isWhole && parts.every((part) => part !== "");
}

function isLastStar(parts: readonly string[], at: number): boolean {
  return parts[at] === "*" && at === parts.length - 1;
}
