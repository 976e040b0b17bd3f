// Hot path.
//
// A copy of what has come of a request's body, for a retry or a mirror: bounded for one request and
// for all of them. A body that doesn't fit is forgotten, and then its request can't be sent again.

import { LIMITS } from "#base/limits.ts";
import type { ByteAllowance } from "#proxy/exchange/byte-allowance.ts";
import type { Headers } from "#proxy/exchange/heads.ts";

const NOTHING: readonly Uint8Array[] = [];

// Once: with the whole body, or without it where it didn't fit or never came to its end.
export type BodyTaker = (chunks: readonly Uint8Array[] | undefined, trailers: Headers) => void;

export class BodyCopy {
  readonly #allowance: ByteAllowance;
  #chunks: Uint8Array[] | undefined = [];
  #bytes = 0;
  #takers: BodyTaker[] = [];

  constructor(allowance: ByteAllowance) {
    this.#allowance = allowance;
  }

  // All that has come so far is here.
  get isWhole(): boolean {
    return this.#chunks !== undefined;
  }

  get chunks(): readonly Uint8Array[] {
    return this.#chunks ?? NOTHING;
  }

  // `isNeeded`: a retry that is under way has no other source. It is at most one read buffer, since
  // the sender was told to pause.
  add(chunk: Uint8Array, isNeeded: boolean): void {
    if (!this.#chunks) return;
    const isFitting = this.#bytes + chunk.length <= LIMITS.bodyCopyBytesMax;
    if (!isNeeded && !(isFitting && this.#allowance.has(chunk.length))) return this.#forget();
    this.#allowance.take(chunk.length);
    this.#bytes += chunk.length;
    this.#chunks.push(Buffer.from(chunk));
  }

  whenWhole(taker: BodyTaker): void {
    this.#takers.push(taker);
  }

  // The body has come to its end.
  ended(trailers: Headers): void {
    const takers = this.#takers;
    this.#takers = [];
    for (let i = 0; i < takers.length; i++) takers[i]!(this.#chunks, trailers);
  }

  // Nobody needs it any more.
  release(): void {
    this.#forget();
    this.ended([]);
  }

  #forget(): void {
    this.#allowance.give(this.#bytes);
    this.#bytes = 0;
    this.#chunks = undefined;
  }
}
