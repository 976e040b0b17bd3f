// What a gateway agrees to with strangers: TLS 1.3, or 1.2 with forward secrecy and authenticated
// encryption; resumption is theirs to use, since it proves nothing but who we are.

import { constants } from "node:crypto";
import type { SecureContextOptions } from "node:tls";

const CIPHERS = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

export function gatewayTlsSettings(): SecureContextOptions {
  return {
    minVersion: "TLSv1.2",
    ciphers: CIPHERS,
    // A peer could make us renegotiate for the price of a record.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_CIPHER_SERVER_PREFERENCE,
  };
}
