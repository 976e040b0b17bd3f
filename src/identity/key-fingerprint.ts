// A short name for a key: SHA-256 of its public half (SubjectPublicKeyInfo), in hex.

import { createHash, createPublicKey, type KeyObject } from "node:crypto";

// Of a public or a private key, or of its PEM.
export function keyFingerprint(key: KeyObject | string): string {
  const publicKey = typeof key !== "string" && key.type === "public" ? key : createPublicKey(key);
  return createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("hex");
}
