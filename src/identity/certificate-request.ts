// Asks for a certificate: PKCS#10 (RFC 2986), signed with the key that it is for.
//
//   SEQUENCE
//     SEQUENCE                     what is signed
//       INTEGER 0                  version 1
//       SEQUENCE {}                no subject: the identity stands in the URI
//       SubjectPublicKeyInfo
//       [0] extensionRequest: subjectAltName, critical, one URI
//     SEQUENCE ecdsa-with-SHA256
//     BIT STRING                   signature

import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { der } from "./der.ts";
import { formatSpiffeId, type SpiffeId } from "./spiffe-id.ts";

const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
const SUBJECT_ALT_NAME = "2.5.29.17";
const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const GENERAL_NAME_URI = 6;

// PEM. `keyPem` is an EC P-256 key.
export function certificateRequest(keyPem: string, identity: SpiffeId): string {
  const key = createPrivateKey(keyPem);
  const signed = der.sequence(
    der.integer(0),
    der.sequence(),
    createPublicKey(key).export({ type: "spki", format: "der" }),
    der.constructed(0, requestedExtensions(formatSpiffeId(identity))),
  );
  const request = der.sequence(
    signed,
    der.sequence(der.oid(ECDSA_WITH_SHA256)),
    der.bitString(sign("sha256", signed, key)),
  );
  return pem(request);
}

function requestedExtensions(uri: string): Uint8Array {
  const names = der.sequence(der.primitive(GENERAL_NAME_URI, Buffer.from(uri, "latin1")));
  const extension = der.sequence(der.oid(SUBJECT_ALT_NAME), der.isTrue(), der.octetString(names));
  return der.sequence(der.oid(EXTENSION_REQUEST), der.set(der.sequence(extension)));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  const label = "CERTIFICATE REQUEST";
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
