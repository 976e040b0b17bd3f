// A share of the requests, as Istio writes it: {value: 0.1} is a tenth of a percent. 0 to 1 here.

import type { FieldReader } from "#ir/field-reader.ts";

const ALL = 1;

// `whole`: the older field, a whole number of percent. Where both are absent it is all of them.
export function readShare(reader: FieldReader, name: string, ...whole: readonly string[]): number {
  const old = whole.map((each) => reader.integer(each, 0, 100)).find((each) => each !== undefined);
  const percentage = reader.object(name);
  if (!percentage) return old === undefined ? ALL : old / 100;
  // Absent it is 0, as everywhere in protobuf.
  const value = percentage.scalar("value") ?? 0;
  if (typeof value === "number" && value >= 0 && value <= 100) return value / 100;
  percentage.invalid("value", "a number from 0 to 100");
  return 0;
}
