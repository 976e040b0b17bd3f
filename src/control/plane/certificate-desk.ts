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
  // Whether there is a workload of this account; absent: whoever has a certificate is one.
  readonly hasAccount?: (identity: SpiffeId) => boolean;
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
    if (identity) return this.#renew(request.csr, identity);
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
    if (endMs !== undefined) keep(this.issued, workload, endMs);
  }

  // No proxy speaks for the workload any more.
  forget(workload: string): void {
    this.issued.delete(workload);
  }

  // A certificate outlives its workload, and must not go on for ever by itself.
  async #renew(csr: string, identity: SpiffeId): Promise<CertificateAnswer> {
    const { hasAccount } = this.#sources;
    if (!hasAccount || hasAccount(identity)) return this.#sign(csr, identity);
    return refused(`there is no workload of "${formatSpiffeId(identity)}" any more`);
  }

  async #sign(csr: string, identity: SpiffeId): Promise<CertificateAnswer> {
    const { authority } = this.#sources;
    const signing = await authority.sign(csr, identity);
    if (signing.kind === "refused") return refused(signing.reason);
    const text = formatSpiffeId(identity);
    keep(this.#ends, text, signing.notAfterMs);
    const { certificate } = signing;
    return { kind: "issued", certificate, trust: authority.trust, identity: text };
  }
}

// The newest last; over the limit the oldest goes.
function keep(ends: Map<string, number>, key: string, endMs: number): void {
  ends.delete(key);
  ends.set(key, endMs);
  const [oldest] = ends.keys();
  if (ends.size > ISSUED_MAX && oldest !== undefined) ends.delete(oldest);
}

function refused(reason: string): CertificateAnswer {
  return { kind: "refused", reason };
}
