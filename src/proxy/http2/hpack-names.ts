// What the encoder knows about each header name that it has met: whether to index its values, and
// where in the tables they stand.

import { LIMITS } from "#base/limits.ts";
import { ownCopy } from "#base/own-copy.ts";
import { INDEX_POLICIES, type IndexPolicy } from "./hpack-policy.ts";
import { STATIC_TABLE } from "./hpack-static-table.ts";

export type TableEntry = {
  readonly name: HeaderName;
  readonly value: string;
  readonly bytes: number;
  // In the static table; 0 for an entry of the dynamic one, which has a number instead.
  readonly staticIndex: number;
  readonly number: number;
};

const SEEN = 4;
const HASHED_LENGTH = 48;

export class HeaderName {
  readonly text: string;
  readonly policy: IndexPolicy;
  // First entry of the static table with this name, or 0.
  readonly staticIndex: number;
  readonly #entries: TableEntry[] = [];
  readonly #fixed: number;
  readonly #seen: number[] = new Array(SEEN).fill(0);
  #seenAt = 0;

  constructor(text: string, policy: IndexPolicy) {
    this.text = text;
    this.policy = policy;
    this.staticIndex = STATIC_TABLE.findIndex((entry) => entry.name === text) + 1;
    STATIC_TABLE.forEach(({ name, value, bytes }, i) => {
      if (name === text && value !== "") {
        this.#entries.push({ name: this, value, bytes, staticIndex: i + 1, number: -1 });
      }
    });
    this.#fixed = this.#entries.length;
  }

  find(value: string): TableEntry | undefined {
    for (let i = 0; i < this.#entries.length; i++) {
      if (this.#entries[i]!.value === value) return this.#entries[i];
    }
    return undefined;
  }

  // The youngest in the dynamic table: it will stay longest.
  get youngest(): TableEntry | undefined {
    return this.#entries.length > this.#fixed ? this.#entries.at(-1) : undefined;
  }

  get hasRoom(): boolean {
    return this.#entries.length - this.#fixed < LIMITS.hpackValuesPerNameMax;
  }

  insert(entry: TableEntry): void {
    this.#entries.push(entry);
  }

  // Entries leave the table in the order in which they came.
  forgetOldest(): void {
    this.#entries.splice(this.#fixed, 1);
  }

  // Whether this value was among the last few. Kept as hashes: the strings may be slices that
  // hold on to whole heads. Two values that share a hash only get indexed early.
  seesAgain(value: string): boolean {
    const hash = hashOf(value);
    for (let i = 0; i < SEEN; i++) {
      if (this.#seen[i] === hash) return true;
    }
    this.#seen[this.#seenAt] = hash;
    this.#seenAt = (this.#seenAt + 1) % SEEN;
    return false;
  }
}

export class HeaderNames {
  readonly #names = new Map<string, HeaderName>();

  // Undefined: too long to keep, or there are too many already.
  get(text: string): HeaderName | undefined {
    return this.#names.get(text) ?? this.#meet(text);
  }

  #meet(text: string): HeaderName | undefined {
    const policy = INDEX_POLICIES.get(text);
    const isFull = this.#names.size >= LIMITS.hpackNamesMax;
    if (!policy && (isFull || text.length > LIMITS.hpackNameBytesMax)) return undefined;
    const name = new HeaderName(ownCopy(text), policy ?? "when-repeated");
    this.#names.set(name.text, name);
    return name;
  }
}

// Of a long value it looks at some characters only: a token that is new each time must not cost
// more than it weighs.
function hashOf(value: string): number {
  const { length } = value;
  const step = length <= HASHED_LENGTH ? 1 : length / HASHED_LENGTH;
  let hash = length;
  for (let i = 0; i < length; i += step) {
    hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193);
  }
  return hash | 1;
}
