// Who gets a certificate, and in whose name: with a join token the first, with a certificate of the
// same identity each one after it.

import type { Authority } from "#control/authority/authority.ts";
import { readCertificateRequest } from "#control/authority/certificate-request-reading.ts";
import type { JoinTokens, TokenRedemption } from "#control/authority/join-tokens.ts";
import { formatSpiffeId, type SpiffeId } from "#identity/spiffe-id.ts";
import type { CertificateAnswer, CertificateRequest } from "#snapshot/messages.ts";

export type DeskSources = {
  readonly authority: Authority;
  readonly tokens: JoinTokens;
  readonly attestor?: Attestor;
  readonly identity: SpiffeId; // the control plane's
};

// Proves who somebody without a certificate is by what he shows; undefined: that is no such thing.
export type Attestor = {
  attest(token: string): Promise<TokenRedemption> | undefined;
};

const ISSUED_MAX = 20_000;

export class CertificateDesk {
  readonly #sources: DeskSources;
  // When the newest certificate ends, by "namespace/workload"; for people.
  readonly issued = new Map<string, number>();
  // Renewals tell an identity only; a workload is told from the others by its control stream.
  readonly #ends = new Map<string, number>();

  constructor(sources: DeskSources) {
    this.#sources = sources;
  }

  async answer(
    request: CertificateRequest,
    identity: SpiffeId | undefined,
  ): Promise<CertificateAnswer> {
    if (identity) return this.#sign(request.csr, identity);
    if (request.token === undefined) return refused("there is neither a certificate nor a token");
    const read = await readCertificateRequest(request.csr);
    if (read.kind === "refused") return refused(read.reason);
    const { attestor, tokens } = this.#sources;
    const attested = attestor?.attest(request.token);
    const redeemed = (await attested) ?? tokens.redeem(request.token, read.fingerprint);
    if (redeemed.kind === "refused") return refused(redeemed.reason);
    const { namespace, serviceAccount } = redeemed;
    const { trustDomain } = this.#sources.identity;
    return this.#sign(request.csr, { trustDomain, namespace, serviceAccount });
  }

  // The workload's proxy has connected with a certificate of this identity.
  note(workload: string, identity: string): void {
    const endMs = this.#ends.get(identity);
    if (endMs !== undefined && this.issued.size < ISSUED_MAX) this.issued.set(workload, endMs);
  }

  async #sign(csr: string, identity: SpiffeId): Promise<CertificateAnswer> {
    const { authority } = this.#sources;
    const signing = await authority.sign(csr, identity);
    if (signing.kind === "refused") return refused(signing.reason);
    const text = formatSpiffeId(identity);
    if (this.#ends.size < ISSUED_MAX) this.#ends.set(text, signing.notAfterMs);
    const { certificate } = signing;
    return { kind: "issued", certificate, trust: authority.trust, identity: text };
  }
}

function refused(reason: string): CertificateAnswer {
  return { kind: "refused", reason };
}
