// Hot path.
//
// What a request has in common with many others: all that its line says besides moments, amounts,
// paths and ids.

import { ownCopy } from "#base/own-copy.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import type { AccessEntry } from "./access-entry.ts";

// Bits: one number names all that a part of a line depends on.
export const USUAL = { series: 1, outcome: 2, method: 4, authority: 8, endpoint: 16 } as const;

const FIRST_HEADER = 32;
// Those beyond share the last bit.
const HEADER_BITS = 24;

// Of the header with this place among those that are asked for.
export function usualHeader(at: number): number {
  return FIRST_HEADER << Math.min(at, HEADER_BITS - 1);
}

export class Usual {
  #key: SeriesKey | undefined;
  #status = 0;
  #cause = "";
  #grpcStatus = "";
  #attempts = 0;
  #method = "";
  #authority = "";
  #endpoint = "";
  readonly #headers: string[] = [];

  // `headers`: the values of those that are asked for, "" where there is none.
  // A text may be a part of a head, which then stays as long as it does.
  take(entry: AccessEntry, headers: readonly string[]): void {
    const { head } = entry;
    this.#key = entry.key;
    this.#status = entry.status;
    this.#cause = entry.cause;
    this.#grpcStatus = entry.grpcStatus;
    this.#attempts = entry.attempts;
    this.#method = head.method;
    this.#authority = head.authority;
    this.#endpoint = entry.endpoint;
    for (let i = 0; i < headers.length; i++) this.#headers[i] = headers[i]!;
  }

  // The same, with texts of its own, of which it has those that `only` names.
  keep(only: number, entry: AccessEntry, headers: readonly string[]): void {
    this.take(entry, headers);
    this.#grpcStatus = ownCopy(this.#grpcStatus);
    this.#method = (only & USUAL.method) !== 0 ? ownCopy(this.#method) : "";
    this.#authority = (only & USUAL.authority) !== 0 ? ownCopy(this.#authority) : "";
    for (let i = 0; i < headers.length; i++) {
      this.#headers[i] = (only & usualHeader(i)) !== 0 ? ownCopy(headers[i]!) : "";
    }
  }

  // In which of it an entry is another.
  differences(entry: AccessEntry, headers: readonly string[]): number {
    const { head } = entry;
    let found = 0;
    if (entry.key !== this.#key) found |= USUAL.series;
    if (!this.#isOutcomeOf(entry)) found |= USUAL.outcome;
    if (head.method !== this.#method) found |= USUAL.method;
    if (head.authority !== this.#authority) found |= USUAL.authority;
    if (entry.endpoint !== this.#endpoint) found |= USUAL.endpoint;
    for (let i = 0; i < headers.length; i++) {
      if (headers[i] !== this.#headers[i]) found |= usualHeader(i);
    }
    return found;
  }

  #isOutcomeOf(entry: AccessEntry): boolean {
    return (
      entry.status === this.#status &&
      entry.cause === this.#cause &&
      entry.grpcStatus === this.#grpcStatus &&
      entry.attempts === this.#attempts
    );
  }
}
