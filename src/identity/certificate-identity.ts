// Who a certificate says that its owner is. That it may say so is for the chain to prove.
//
// We read Node's text form of the alternative names instead of their DER: "URI:" and the name, the
// next after a comma. Node puts a name in quotes if it has a comma, a quote, a control character
// (an embedded NUL, CVE-2025-66220) or anything beyond ASCII in it, and an identity has none of
// those, nor a second name beside it. So whatever isn't exactly one plain URI fails to parse.

import type { X509Certificate } from "node:crypto";
import { parseSpiffeId, type SpiffeId } from "./spiffe-id.ts";

const URI = "URI:";

export function identityOf(certificate: X509Certificate): SpiffeId | undefined {
  const names = certificate.subjectAltName;
  // An authority has no identity of its own, whatever it writes about itself (X509-SVID §4.1).
  if (!names?.startsWith(URI) || certificate.ca) return undefined;
  return parseSpiffeId(names.slice(URI.length));
}
