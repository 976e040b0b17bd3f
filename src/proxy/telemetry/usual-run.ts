// Hot path.
//
// Neighbouring fields of a line that many lines have in common, as one copy of bytes: encoded once
// for each of what they say, from the second line in a row on. What is said once only, or is one of
// too many, is put together anew.

import type { AccessEntry } from "./access-entry.ts";
import { Usual } from "./usual.ts";

export type TextOf = (entry: AccessEntry, headers: readonly string[]) => string;
type Kept = { readonly usual: Usual; readonly bytes: Uint8Array };

// Peers choose methods, authorities and headers: so many are kept, the oldest giving way.
const [KEPT_MAX, KEPT_BYTES_MAX] = [32, 2_048];

export class UsualRun {
  readonly #dependsOn: number;
  readonly #textOf: TextOf;
  readonly #kept: Kept[] = [];
  #oldest = 0;
  // What the last line said whose words weren't kept.
  readonly #once = new Usual();
  #bytes: Uint8Array | undefined;

  // `dependsOn`: bits of USUAL.
  constructor(dependsOn: number, textOf: TextOf) {
    this.#dependsOn = dependsOn;
    this.#textOf = textOf;
  }

  // Undefined: they aren't kept, `text` has them. `changed`: in what the entry isn't as the one
  // before.
  bytes(changed: number, entry: AccessEntry, headers: readonly string[]): Uint8Array | undefined {
    if (this.#bytes === undefined || (changed & this.#dependsOn) !== 0) {
      this.#bytes = this.#find(entry, headers) ?? this.#learn(entry, headers);
    }
    return this.#bytes;
  }

  text(entry: AccessEntry, headers: readonly string[]): string {
    return this.#textOf(entry, headers);
  }

  #find(entry: AccessEntry, headers: readonly string[]): Uint8Array | undefined {
    const kept = this.#kept;
    for (let i = 0; i < kept.length; i++) {
      if (this.#isOf(kept[i]!.usual, entry, headers)) return kept[i]!.bytes;
    }
    return undefined;
  }

  #learn(entry: AccessEntry, headers: readonly string[]): Uint8Array | undefined {
    if (!this.#isOf(this.#once, entry, headers)) {
      this.#once.take(entry, headers);
      return undefined;
    }
    const bytes = Buffer.from(this.#textOf(entry, headers));
    if (bytes.length > KEPT_BYTES_MAX) return undefined;
    const usual = new Usual();
    usual.keep(this.#dependsOn, entry, headers);
    this.#kept[this.#oldest] = { usual, bytes };
    this.#oldest = (this.#oldest + 1) % KEPT_MAX;
    return bytes;
  }

  #isOf(usual: Usual, entry: AccessEntry, headers: readonly string[]): boolean {
    return (usual.differences(entry, headers) & this.#dependsOn) === 0;
  }
}
