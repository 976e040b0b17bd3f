// A found value in a message: short, and with its type where that is what's wrong.

import type { Json } from "./document.ts";

const TEXT_MAX = 40;

export function jsonText(value: Json | undefined): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "an object";
  if (typeof value !== "string") return `${value} (a ${typeof value})`;
  return JSON.stringify(value.length > TEXT_MAX ? `${value.slice(0, TEXT_MAX)}...` : value);
}
