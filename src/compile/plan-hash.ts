// Tells whether two plans are the same without comparing them: 64 bits of SHA-256.

import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical-json.ts";

const HASH_DIGITS = 16;

export function withHash<P extends object>(plan: P): P & { readonly hash: string } {
  const digest = createHash("sha256").update(canonicalJson(plan)).digest("hex");
  return { ...plan, hash: digest.slice(0, HASH_DIGITS) };
}
