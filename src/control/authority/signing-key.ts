// The root's key as WebCrypto wants it: it signs and is never given out again.

import { createPrivateKey, webcrypto } from "node:crypto";

export const SIGNING_ALGORITHM = {
  name: "ECDSA",
  namedCurve: "P-256",
  hash: "SHA-256",
} as const;

export function signingKey(keyPem: string): Promise<webcrypto.CryptoKey> {
  const pkcs8 = createPrivateKey(keyPem).export({ type: "pkcs8", format: "der" });
  return webcrypto.subtle.importKey("pkcs8", Uint8Array.from(pkcs8), SIGNING_ALGORITHM, false, [
    "sign",
  ]);
}
