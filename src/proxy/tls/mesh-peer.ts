// Who is at the other end of a mesh connection, as its certificate proves.

import type { TLSSocket } from "node:tls";
import { LIMITS } from "#base/limits.ts";
import { identityOf } from "#identity/certificate-identity.ts";
import { formatSpiffeId } from "#identity/spiffe-id.ts";

export type MeshPeer = {
  readonly identity: string; // spiffe://...
  // The first end of what it showed. The connection must not outlive it, nor our own.
  readonly notAfterMs: number;
  // DER, the leaf first: for `reverify`.
  readonly chain: readonly Uint8Array[];
};

// Undefined where the certificate carries no identity. Only after the chain was verified.
export function meshPeerOf(socket: TLSSocket): MeshPeer | undefined {
  const leaf = socket.getPeerX509Certificate();
  const id = leaf && identityOf(leaf);
  if (!id) return undefined;
  const chain: Uint8Array[] = [];
  let notAfterMs = Number.POSITIVE_INFINITY;
  let certificate: typeof leaf | undefined = leaf;
  while (certificate && chain.length < LIMITS.certificateChainMax) {
    chain.push(certificate.raw);
    notAfterMs = Math.min(notAfterMs, certificate.validToDate.getTime());
    certificate = certificate.issuerCertificate;
  }
  return { identity: formatSpiffeId(id), notAfterMs, chain };
}
