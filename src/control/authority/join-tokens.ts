// One-time tokens with which a workload joins the mesh: what a sidecar without a certificate shows.
//
// Only the hash of a token is kept, in memory and on disk, so nobody can take one from us. A token
// belongs to the key that it was first shown with: if the answer was lost, that key may ask again
// in the token's time; any other key means that the token was stolen. The binding is on disk before
// the answer leaves, so a restart forgets nothing that matters.

import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "#base/clock.ts";
import type { FileSystem } from "#base/file-system.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";

export type JoinGrant = {
  readonly namespace: string;
  readonly workload: string;
  readonly serviceAccount: string;
};

export type TokenIssue =
  | { readonly kind: "issued"; readonly token: string }
  | { readonly kind: "refused"; readonly reason: string };

export type TokenRedemption =
  | ({ readonly kind: "accepted" } & JoinGrant)
  | { readonly kind: "refused"; readonly reason: string };

export type JoinTokensOptions = {
  readonly clock: Clock;
  readonly files: FileSystem;
  readonly folder: string;
  readonly log: Log;
};

type Outstanding = JoinGrant & {
  readonly hash: string;
  readonly expiresAtMs: number; // wall time: it has to outlive this process
  readonly boundTo: string | undefined; // fingerprint of a key
};

const TOKEN_BYTES = 32;
const TOKEN_LENGTH = 43; // in base64url
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

export class JoinTokens {
  readonly #options: JoinTokensOptions;
  readonly #path: string;
  #outstanding: ReadonlyMap<string, Outstanding>;

  constructor(options: JoinTokensOptions) {
    this.#options = options;
    this.#path = join(options.folder, "join-tokens.json");
    options.files.makeFolder(options.folder, FOLDER_MODE);
    this.#outstanding = this.#read();
  }

  get outstanding(): number {
    return this.#outstanding.size;
  }

  issue({ namespace, workload, serviceAccount }: JoinGrant): TokenIssue {
    const next = this.#unexpired();
    if (next.size >= LIMITS.joinTokensMax) {
      const reason = `${LIMITS.joinTokensMax} tokens are outstanding: wait until they expire`;
      return { kind: "refused", reason: `Cannot issue a token to "${workload}": ${reason}` };
    }
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    const hash = hashOf(token);
    const expiresAtMs = this.#options.clock.wallMs() + LIMITS.joinTokenLifeMs;
    const boundTo = undefined;
    next.set(hash, { hash, namespace, workload, serviceAccount, expiresAtMs, boundTo });
    const unsaved = this.#save(next);
    return unsaved ? { kind: "refused", reason: unsaved } : { kind: "issued", token };
  }

  // `keyFingerprint` is that of the key whose request came with the token, and that signed it.
  redeem(token: string, keyFingerprint: string): TokenRedemption {
    const found = token.length === TOKEN_LENGTH && this.#outstanding.get(hashOf(token));
    if (!found || found.expiresAtMs <= this.#options.clock.wallMs()) {
      return this.#refuse("the token is unknown or has expired: ask for a new one", undefined);
    }
    if (found.boundTo === undefined) {
      const next = this.#unexpired().set(found.hash, { ...found, boundTo: keyFingerprint });
      const unsaved = this.#save(next);
      if (unsaved) return this.#refuse(unsaved, found);
    } else if (found.boundTo !== keyFingerprint) {
      return this.#refuse("the token was used by another key before: it may be stolen", found);
    }
    const { namespace, workload, serviceAccount } = found;
    return { kind: "accepted", namespace, workload, serviceAccount };
  }

  #unexpired(): Map<string, Outstanding> {
    const wallMs = this.#options.clock.wallMs();
    return new Map([...this.#outstanding].filter(([, { expiresAtMs }]) => expiresAtMs > wallMs));
  }

  // On disk first: what we couldn't write down, we haven't promised. A sentence where it failed.
  #save(next: ReadonlyMap<string, Outstanding>): string | undefined {
    try {
      this.#options.files.write(this.#path, JSON.stringify([...next.values()]), FILE_MODE);
    } catch (error) {
      return `Cannot write "${this.#path}": ${error instanceof Error ? error.message : error}`;
    }
    this.#outstanding = next;
    return undefined;
  }

  #read(): ReadonlyMap<string, Outstanding> {
    const text = this.#options.files.read(this.#path);
    if (text === undefined) return new Map();
    try {
      const list: unknown = JSON.parse(text);
      if (Array.isArray(list) && list.every(isOutstanding)) {
        return new Map(list.slice(0, LIMITS.joinTokensMax).map((entry) => [entry.hash, entry]));
      }
    } catch {
      // Falls through to the warning.
    }
    this.#options.log.warn("join tokens are damaged: those outstanding are void", {
      path: this.#path,
    });
    return new Map();
  }

  #refuse(reason: string, grant: JoinGrant | undefined): TokenRedemption {
    this.#options.log.warn("join refused", { reason, workload: grant?.workload });
    return { kind: "refused", reason: `Cannot join the mesh: ${reason}` };
  }
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function isOutstanding(value: unknown): value is Outstanding {
  if (typeof value !== "object" || value === null) return false;
  const entry: Partial<Record<keyof Outstanding, unknown>> = value;
  return (
    typeof entry.hash === "string" &&
    typeof entry.namespace === "string" &&
    typeof entry.workload === "string" &&
    typeof entry.serviceAccount === "string" &&
    typeof entry.expiresAtMs === "number" &&
    (entry.boundTo === undefined || typeof entry.boundTo === "string")
  );
}
