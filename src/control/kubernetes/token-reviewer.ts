// Proves who a proxy is by the token of its service account, which the kubelet gave to its pod: the
// API server says whose it is, and the pod has to be there still. While the API server is away
// nobody new is believed; whoever has a certificate renews it by that.

import { createHash } from "node:crypto";
import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import type { ClusterApi } from "#kubernetes/cluster-api.ts";
import type { ObjectMeta } from "#kubernetes/cluster-object.ts";

export type ReviewedToken =
  | {
      readonly kind: "accepted";
      readonly namespace: string;
      readonly workload: string; // the pod's name
      readonly serviceAccount: string;
    }
  | { readonly kind: "refused"; readonly reason: string };

export type TokenReviewerOptions = {
  readonly api: Pick<ClusterApi, "request">;
  readonly clock: Clock;
  readonly log: Log;
  readonly audience: string;
};

type Review = {
  readonly status?: {
    readonly authenticated?: boolean;
    readonly error?: string;
    readonly audiences?: readonly string[];
    readonly user?: {
      readonly username?: string;
      readonly extra?: { readonly [name: string]: readonly string[] };
    };
  };
};
type Claims = { namespace: string; serviceAccount: string; pod: string; uid: string };
type Remembered = { readonly token: ReviewedToken; readonly atMs: number };

const ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
const POD_NAME = "authentication.kubernetes.io/pod-name";
const POD_UID = "authentication.kubernetes.io/pod-uid";
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

export class TokenReviewer {
  readonly #options: TokenReviewerOptions;
  readonly #known = new Map<string, Remembered>(); // by the token's hash
  #underWay = 0;
  #refused = 0;
  #sayAgainAtMs = 0;

  constructor(options: TokenReviewerOptions) {
    this.#options = options;
  }

  // Undefined: that is no token of a service account.
  attest(token: string): Promise<ReviewedToken> | undefined {
    if (token.length > LIMITS.serviceAccountTokenBytesMax || !JWT.test(token)) return undefined;
    return this.#attest(token);
  }

  async #attest(token: string): Promise<ReviewedToken> {
    const hash = createHash("sha256").update(token).digest("base64");
    const { clock } = this.#options;
    const known = this.#known.get(hash);
    if (known && clock.nowMs() - known.atMs < LIMITS.tokenReviewKeptMs) return known.token;
    // What can't be ours needs no review: nobody takes a place from who has a token of the mesh.
    const refusal = this.#refusalUnread(token);
    if (refusal !== undefined) return this.#refuse(refusal);
    if (this.#underWay >= LIMITS.tokenReviewsMax) {
      return this.#refuse("too many tokens are being reviewed: try again");
    }
    this.#underWay++;
    try {
      const reviewed = await this.#review(token);
      if (reviewed.kind === "accepted") this.#remember(hash, reviewed);
      return reviewed;
    } finally {
      this.#underWay--;
    }
  }

  // By what it says itself, which nobody has checked.
  #refusalUnread(token: string): string | undefined {
    const { audience, clock } = this.#options;
    const claims = claimsOf(token);
    if (!claims) return "its token can't be read";
    const { aud = [], exp = 0 } = claims;
    if (![aud].flat().includes(audience)) return `its token is not for "${audience}"`;
    return exp * 1000 <= clock.wallMs() ? "its token has expired" : undefined;
  }

  async #review(token: string): Promise<ReviewedToken> {
    const { api, audience } = this.#options;
    const asked = {
      ...{ apiVersion: "authentication.k8s.io/v1", kind: "TokenReview" },
      spec: { token, audiences: [audience] },
    };
    const path = "/apis/authentication.k8s.io/v1/tokenreviews";
    const { status, body, reason } = await api.request("POST", path, asked);
    if (status !== 201 && status !== 200) {
      return this.#refuse(`the API server can't review its token now (${reason}): try again`);
    }
    const claims = this.#claims(body as Review);
    return typeof claims === "string" ? this.#refuse(claims) : this.#find(claims);
  }

  // A sentence where it proves nothing.
  #claims({ status = {} }: Review): Claims | string {
    const { audience } = this.#options;
    if (!status.authenticated)
      return `its token is not valid: ${status.error ?? "no reason given"}`;
    if (!status.audiences?.includes(audience)) return `its token is not for "${audience}"`;
    const { username = "", extra = {} } = status.user ?? {};
    const [, namespace, serviceAccount] = ACCOUNT.exec(username) ?? [];
    if (namespace === undefined || serviceAccount === undefined) {
      return `"${username}" is no service account`;
    }
    const [pod] = extra[POD_NAME] ?? [];
    const [uid] = extra[POD_UID] ?? [];
    if (pod === undefined || uid === undefined) return "its token is bound to no pod";
    return { namespace, serviceAccount, pod, uid };
  }

  async #find({ namespace, serviceAccount, pod, uid }: Claims): Promise<ReviewedToken> {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}`;
    const { status, body, reason } = await this.#options.api.request("GET", path);
    const title = `pod ${namespace}/${pod}`;
    if (status === 404) return this.#refuse(`${title} does not exist any more`);
    if (status !== 200) return this.#refuse(`${title} can't be looked up now (${reason})`);
    const found = body as { metadata: ObjectMeta; spec?: { serviceAccountName?: string } };
    if (found.metadata.uid !== uid) return this.#refuse(`${title} is another one by now`);
    if ((found.spec?.serviceAccountName ?? "default") !== serviceAccount) {
      return this.#refuse(`${title} has another service account than "${serviceAccount}"`);
    }
    return { kind: "accepted", namespace, workload: pod, serviceAccount };
  }

  #remember(hash: string, token: ReviewedToken): void {
    const nowMs = this.#options.clock.nowMs();
    for (const [known, { atMs }] of this.#known) {
      const isOver = nowMs - atMs >= LIMITS.tokenReviewKeptMs;
      if (!isOver && this.#known.size < LIMITS.tokenReviewsKept) break;
      this.#known.delete(known);
    }
    this.#known.set(hash, { token, atMs: nowMs });
  }

  // Said now and then: whoever is refused comes again, and strangers may come, too.
  #refuse(reason: string): ReviewedToken {
    const { log, clock } = this.#options;
    this.#refused++;
    if (clock.nowMs() >= this.#sayAgainAtMs) {
      log.warn("join refused", { reason, count: this.#refused });
      this.#sayAgainAtMs = clock.nowMs() + LIMITS.joinRefusalsSaidMs;
      this.#refused = 0;
    }
    return { kind: "refused", reason: `Cannot join the mesh: ${reason}` };
  }
}

type Unchecked = { readonly aud?: string | readonly string[]; readonly exp?: number };

function claimsOf(token: string): Unchecked | undefined {
  try {
    const [, payload = ""] = token.split(".");
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
    return typeof claims === "object" && claims !== null ? claims : undefined;
  } catch {
    return undefined;
  }
}
