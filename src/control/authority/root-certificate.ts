// Makes the root's certificate for a key: it vouches for itself and for one trust domain.
//
// A path length of 1 leaves room for an issuer between the root and the leaves, so that the root's
// key can go offline later without a new root.

import "reflect-metadata";
import { createPublicKey } from "node:crypto";
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { LIMITS } from "#base/limits.ts";
import { serialNumber } from "./serial-number.ts";
import { SIGNING_ALGORITHM, signingKey } from "./signing-key.ts";

const YEAR_MS = 365.25 * 86_400_000;
const ROOT_LIFE_MS = 10 * YEAR_MS;
const PATH_LENGTH = 1;

// PEM.
export async function rootCertificate(
  keyPem: string,
  trustDomain: string,
  wallMs: number,
): Promise<string> {
  const spki = createPublicKey(keyPem).export({ type: "spki", format: "der" });
  const publicKey = new PublicKey(Uint8Array.from(spki));
  const name = `O=Weft, CN=Root of ${trustDomain}`;
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: name,
    issuer: name,
    notBefore: new Date(wallMs - LIMITS.certificateBackdateMs),
    notAfter: new Date(wallMs + ROOT_LIFE_MS),
    publicKey,
    signingKey: await signingKey(keyPem),
    signingAlgorithm: SIGNING_ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, PATH_LENGTH, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new SubjectAlternativeNameExtension([{ type: "url", value: `spiffe://${trustDomain}` }]),
      await SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return `${certificate.toString("pem")}\n`;
}
