// A key of our own: EC P-256, as PEM (PKCS#8). The public half follows from it.

import { generateKeyPairSync } from "node:crypto";

export function generateKeyPem(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" });
}
