// Does a certificate bear one of the names that will do? Its chain is verified by then.

import { checkServerIdentity, type PeerCertificate } from "node:tls";

// An error says that it doesn't. No names: anybody will do.
export function isOneOfNames(
  names: readonly string[],
  certificate: PeerCertificate,
): Error | undefined {
  if (names.length === 0 || names.some((name) => bears(certificate, name))) return undefined;
  const found = certificate.subjectaltname ?? "none";
  return new Error(`expected a certificate for ${names.join(" or ")}, found ${found}`);
}

// A name with a scheme is a URI, and stands there as it is; others are hosts or addresses
// (RFC 6125). A value with a comma is put in quotes by Node, and so equals none.
function bears(certificate: PeerCertificate, name: string): boolean {
  if (!name.includes("://")) return checkServerIdentity(name, certificate) === undefined;
  return (certificate.subjectaltname ?? "").split(", ").includes(`URI:${name}`);
}
