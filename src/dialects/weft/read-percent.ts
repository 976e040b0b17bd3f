import type { FieldReader } from "#ir/field-reader.ts";

export function readPercent(reader: FieldReader): number | undefined {
  const value = reader.scalar("percent");
  if (value === undefined) return undefined;
  if (typeof value === "number" && value >= 0 && value <= 100) return value;
  reader.invalid("percent", "a number from 0 to 100");
  return undefined;
}
