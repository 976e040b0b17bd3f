// spec.limits, of a MeshConfig or a Workload: limits by their names in docs/reference/limits.md.

import { LIMITS, type LimitName, type LimitPair } from "#base/limits.ts";
import { SETTABLE } from "#base/settable-limits.ts";
import { parseByteSize } from "#ir/byte-size.ts";
import { parseDurationMs } from "#ir/duration.ts";
import type { FieldReader } from "#ir/field-reader.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

type Unit = {
  readonly parse: (text: string) => number | undefined;
  readonly show: (value: number) => string;
  readonly remedy: string | undefined;
};

const BYTES: Unit = {
  parse: parseByteSize,
  show: (value) => {
    if (value > 0 && value % MiB === 0) return `"${value / MiB}Mi"`;
    return value > 0 && value % KiB === 0 ? `"${value / KiB}Ki"` : `${value}`;
  },
  remedy: 'Write bytes as a number, or with Ki, Mi or Gi: "32Ki".',
};

const DURATION: Unit = {
  parse: parseDurationMs,
  show: (value) => (value > 0 && value % 1000 === 0 ? `"${value / 1000}s"` : `"${value}ms"`),
  remedy: 'Write milliseconds as a number, or a duration: "10s", "1m30s", "250ms".',
};

const COUNT: Unit = { parse: () => undefined, show: String, remedy: undefined };

const FIXED = Object.keys(LIMITS).filter((name) => !Object.hasOwn(SETTABLE, name));

export function readLimits(limits: FieldReader): readonly LimitPair[] {
  const pairs = (Object.keys(SETTABLE) as LimitName[]).flatMap((name): LimitPair[] => {
    const value = readLimit(limits, name);
    return value === undefined ? [] : [[name, value]];
  });
  limits.unsupported("error", "this limit is the same everywhere", ...FIXED);
  return pairs;
}

function readLimit(limits: FieldReader, name: LimitName): number | undefined {
  const written = limits.scalar(name);
  if (written === undefined) return undefined;
  const { parse, show, remedy } = unitOf(name);
  const [floor, ceiling] = SETTABLE[name];
  const value = typeof written === "number" ? written : parse(written);
  const isWhole = Number.isInteger(LIMITS[name]);
  const fits = value !== undefined && value >= floor && value <= ceiling;
  if (fits && (!isWhole || Number.isInteger(value))) return value;
  const kind = isWhole && remedy === undefined ? "a whole number" : "a value";
  limits.invalid(name, `${kind} from ${show(floor)} to ${show(ceiling)}`, remedy);
  return undefined;
}

function unitOf(name: LimitName): Unit {
  if (name.includes("Bytes")) return BYTES;
  return name.endsWith("Ms") ? DURATION : COUNT;
}
