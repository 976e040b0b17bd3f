// Does a chain that was good when its connection was made still lead to somebody we trust? Asked
// for every open connection when the trust bundle changes.
//
// OpenSSL verified everything else of the chain (usage, path length) during the handshake, and that
// doesn't change. What can change is which roots we believe, and the time.

import { X509Certificate } from "node:crypto";
import { LIMITS } from "#base/limits.ts";

// `chain` is DER, the leaf first. The reason why it isn't trusted, or undefined.
export function reverify(
  chain: readonly Uint8Array[],
  trustPem: readonly string[],
  wallMs: number,
): string | undefined {
  const certificates = chain.slice(0, LIMITS.certificateChainMax).map(parse);
  const roots = trustPem.map(parse).filter((root) => root?.ca && isInTime(root, wallMs));
  for (let at = 0; at < certificates.length; at++) {
    const certificate = certificates[at];
    if (!certificate) return "a certificate of the chain is damaged";
    if (!isInTime(certificate, wallMs)) return `it is valid until ${certificate.validTo} only`;
    if (roots.some((root) => issued(root, certificate))) return undefined;
    const next = certificates[at + 1];
    if (!next?.ca || !issued(next, certificate)) break;
  }
  return "no root that we trust has issued it";
}

function issued(issuer: X509Certificate | undefined, certificate: X509Certificate): boolean {
  if (!issuer || !certificate.checkIssued(issuer)) return false;
  return certificate.verify(issuer.publicKey);
}

function isInTime(certificate: X509Certificate, wallMs: number): boolean {
  const { validFromDate, validToDate } = certificate;
  return validFromDate.getTime() <= wallMs && wallMs < validToDate.getTime();
}

function parse(certificate: Uint8Array | string): X509Certificate | undefined {
  try {
    return new X509Certificate(certificate);
  } catch {
    return undefined;
  }
}
