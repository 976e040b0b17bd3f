// What both ends of a mesh connection agree on: TLS 1.3, few algorithms, no resumption.

import { constants } from "node:crypto";
import type { SecureContextOptions } from "node:tls";
import type { Credentials } from "./credentials.ts";

// A workload that joins has trust but no certificate yet.
export type TlsMaterial = Pick<Credentials, "trustPem"> &
  Partial<Pick<Credentials, "keyPem" | "certificatePem">>;

export function tlsSettings(material: TlsMaterial): SecureContextOptions {
  return {
    ...(material.keyPem === undefined ? {} : { key: material.keyPem }),
    ...(material.certificatePem === undefined ? {} : { cert: material.certificatePem }),
    // Replaces the roots that Node brings along: inside the mesh nobody else is believed.
    ca: [...material.trustPem],
    minVersion: "TLSv1.3",
    maxVersion: "TLSv1.3",
    ecdhCurve: "X25519:P-256",
    // The listener chooses, and 128 bits first: AES-256 costs more on every byte and buys nothing
    // that matters here.
    ciphers: "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256",
    // A resumed session would carry an identity past a change of trust.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}
