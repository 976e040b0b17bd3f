// Hot path.
//
// What lines say of outcomes, encoded once for each: there are few, and most requests have the one
// of the request before.

import type { AccessEntry } from "./access-entry.ts";

type Known = {
  readonly status: number;
  readonly cause: string;
  readonly grpcStatus: string;
  readonly attempts: number;
  readonly bytes: Uint8Array;
};

// An answer may have any status and gRPC status that an upstream likes.
const KNOWN_MAX = 64;

export class OutcomeRuns {
  readonly #encode: (entry: AccessEntry) => string;
  #known: Known[] = [];
  #last: Known | undefined;

  constructor(encode: (entry: AccessEntry) => string) {
    this.#encode = encode;
  }

  of(entry: AccessEntry): Uint8Array {
    const last = this.#last;
    if (last !== undefined && isOf(last, entry)) return last.bytes;
    const known = this.#find(entry);
    this.#last = known;
    return known.bytes;
  }

  #find(entry: AccessEntry): Known {
    const all = this.#known;
    for (let i = 0; i < all.length; i++) if (isOf(all[i]!, entry)) return all[i]!;
    if (all.length === KNOWN_MAX) all.shift();
    const { status, cause, grpcStatus, attempts } = entry;
    const bytes = Buffer.from(this.#encode(entry));
    const known = { status, cause, grpcStatus, attempts, bytes };
    all.push(known);
    return known;
  }
}

function isOf(known: Known, entry: AccessEntry): boolean {
  return (
    known.status === entry.status &&
    known.cause === entry.cause &&
    known.grpcStatus === entry.grpcStatus &&
    known.attempts === entry.attempts
  );
}
