// Reads what a stranger sends as a certificate request, and proves that he has the key.
//
// Nothing in it is believed but the key: the identity comes from whoever attested the sender. A
// request that names another identity is refused all the same, because its sender is mistaken about
// who he is, or lies.

import "reflect-metadata";
import { createPublicKey } from "node:crypto";
import { Pkcs10CertificateRequest, SubjectAlternativeNameExtension } from "@peculiar/x509";
import { LIMITS } from "#base/limits.ts";
import { keyFingerprint } from "#identity/key-fingerprint.ts";

export type CertificateRequest = {
  readonly kind: "valid";
  readonly publicKey: Uint8Array<ArrayBuffer>; // SubjectPublicKeyInfo, DER
  readonly fingerprint: string; // of that key
  // The URIs asked for, or undefined where any other kind of name is asked for too.
  readonly uris: readonly string[] | undefined;
};

export type RequestRefused = { readonly kind: "refused"; readonly reason: string };

const SUBJECT_ALT_NAME = "2.5.29.17";
const P256 = "prime256v1";

export async function readCertificateRequest(
  pem: string,
): Promise<CertificateRequest | RequestRefused> {
  if (pem.length > LIMITS.certificateRequestBytesMax) {
    return refused(`it is longer than ${LIMITS.certificateRequestBytesMax} bytes`);
  }
  try {
    return await readParsed(new Pkcs10CertificateRequest(pem));
  } catch {
    // The parser's own words are about its insides, and made from what the stranger sent.
    return refused("it is no PKCS#10 request in PEM");
  }
}

async function readParsed(
  request: Pkcs10CertificateRequest,
): Promise<CertificateRequest | RequestRefused> {
  const publicKey = new Uint8Array(request.publicKey.rawData);
  const key = createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "spki" });
  if (key.asymmetricKeyType !== "ec" || key.asymmetricKeyDetails?.namedCurve !== P256) {
    return refused("its key is not an EC key on P-256");
  }
  if (request.signatureAlgorithm.hash.name !== "SHA-256") {
    return refused("it is not signed with SHA-256");
  }
  if (!(await request.verify())) return refused("its own key has not signed it");
  return { kind: "valid", publicKey, fingerprint: keyFingerprint(key), uris: urisOf(request) };
}

function urisOf(request: Pkcs10CertificateRequest): readonly string[] | undefined {
  const extension = request.getExtension(SUBJECT_ALT_NAME);
  if (!extension) return [];
  const names = new SubjectAlternativeNameExtension(extension.rawData).names.toJSON();
  return names.every(({ type }) => type === "url") ? names.map(({ value }) => value) : undefined;
}

function refused(reason: string): RequestRefused {
  return { kind: "refused", reason };
}
