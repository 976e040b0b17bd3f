// What a workload proves its identity with, and whom it believes. Made only of parts that belong
// together: a wrong one would show itself later, as a mesh in which nobody trusts us.

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { identityOf } from "#identity/certificate-identity.ts";
import { formatSpiffeId } from "#identity/spiffe-id.ts";
import { reverify } from "./reverify.ts";

export type Credentials = {
  readonly keyPem: string;
  readonly certificatePem: string; // the leaf first, then what is between it and the root
  readonly trustPem: readonly string[];
  readonly identity: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
};

export type CredentialsReading =
  | { readonly kind: "valid"; readonly credentials: Credentials }
  | { readonly kind: "invalid"; readonly reason: string };

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

// Says nothing about today: whoever cares compares `notAfterMs` with the clock.
export function credentialsOf(
  keyPem: string,
  certificatePem: string,
  trustPem: readonly string[],
): CredentialsReading {
  const key = keyOf(keyPem);
  if (!key) return invalid("the key is damaged");
  const chain = chainOf(certificatePem);
  const leaf = chain?.[0];
  if (!chain || !leaf) return invalid("the certificate is damaged");
  if (!leaf.checkPrivateKey(key)) return invalid("the certificate belongs to another key");
  const id = identityOf(leaf);
  if (!id) return invalid(`the certificate carries no identity but "${leaf.subjectAltName}"`);
  const notBeforeMs = leaf.validFromDate.getTime();
  const untrusted = reverify(
    chain.map(({ raw }) => raw),
    trustPem,
    notBeforeMs,
  );
  if (untrusted !== undefined) return invalid(`our own certificate: ${untrusted}`);
  const identity = formatSpiffeId(id);
  const notAfterMs = Math.min(...chain.map(({ validToDate }) => validToDate.getTime()));
  return {
    kind: "valid",
    credentials: { keyPem, certificatePem, trustPem, identity, notBeforeMs, notAfterMs },
  };
}

function keyOf(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function chainOf(pem: string): readonly X509Certificate[] | undefined {
  try {
    return (pem.match(PEM) ?? []).map((block) => new X509Certificate(block));
  } catch {
    return undefined;
  }
}

function invalid(reason: string): CredentialsReading {
  return { kind: "invalid", reason };
}
