// Hot path.
//
// RFC 7541, one direction of one connection. A header that repeats becomes one byte. What changes
// with every message goes as it is: Huffman would save a third of its bytes and cost more than
// they do, so only what enters the table is coded (hpack-policy.ts says what does).

import assert from "node:assert/strict";
import { writeLatin1 } from "#base/latin1.ts";
import { LIMITS, type Limits } from "#base/limits.ts";
import { ownCopy } from "#base/own-copy.ts";
import { DynamicTable } from "./hpack-dynamic-table.ts";
import { type HeaderName, HeaderNames, type TableEntry } from "./hpack-names.ts";
import { STATIC_TABLE } from "./hpack-static-table.ts";
import { encodeHuffman, huffmanLength } from "./huffman-encode.ts";

const ENTRY_BYTES_MAX = LIMITS.hpackTableBytes / 4;
const OVERHEAD_BYTES = 32;
const SECRET_LENGTH_MIN = 24;
const NO_BYTES = Buffer.alloc(0);

// First bits of a representation, and the mask of the integer behind them.
const INDEXED = 0x80;
const INDEXING = 0x40;
const PLAIN = 0x00;
const NEVER_INDEXED = 0x10;

export class HpackEncoder {
  // What a field may take beyond its characters: representation, index, two lengths.
  static readonly fieldOverheadBytes = 16;
  // Two table size updates.
  static readonly blockOverheadBytes = 12;

  readonly #names = new HeaderNames();
  readonly #table = new DynamicTable<TableEntry>((entry) => entry.name.forgetOldest());
  #buffer: Buffer = NO_BYTES;
  #at = 0;
  #lowestBytes = -1;
  readonly #tableBytesMax: number;

  constructor({ hpackTableBytes }: Limits) {
    this.#tableBytesMax = hpackTableBytes;
    this.resizeTable(hpackTableBytes);
  }

  get tableBytes(): number {
    return this.#table.bytes;
  }

  // The peer's SETTINGS_HEADER_TABLE_SIZE. It is told in the next block: RFC 7541 §4.2.
  resizeTable(peerBytes: number): void {
    const bytes = Math.min(peerBytes, this.#tableBytesMax);
    if (bytes === this.#table.bytesMax && this.#lowestBytes < 0) return;
    this.#lowestBytes = Math.min(bytes, this.#lowestBytes < 0 ? bytes : this.#lowestBytes);
    this.#table.resize(bytes);
  }

  // Between `begin` and `finish` come the fields of one block, pseudo-headers first.
  begin(buffer: Buffer, at: number): void {
    this.#buffer = buffer;
    this.#at = at;
    if (this.#lowestBytes < 0) return;
    if (this.#lowestBytes < this.#table.bytesMax) this.#integer(0x20, 0x1f, this.#lowestBytes);
    this.#integer(0x20, 0x1f, this.#table.bytesMax);
    this.#lowestBytes = -1;
  }

  // The index behind the last byte written.
  finish(): number {
    this.#buffer = NO_BYTES;
    return this.#at;
  }

  field(name: string, value: string): void {
    const known = this.#names.get(name);
    if (!known) return this.#literal(PLAIN, 0x0f, undefined, name, value);
    // Looking for what is new each time would be in vain.
    const isNew = known.policy === "never" && this.#isNamed(known);
    const entry = isNew ? undefined : known.find(value);
    if (entry) return this.#integer(INDEXED, 0x7f, this.#indexOf(entry));
    if (this.#shallIndex(known, value)) return this.#literalIndexed(known, value);
    const isSecret = known.policy === "secret" && value.length < SECRET_LENGTH_MIN;
    this.#literal(isSecret ? NEVER_INDEXED : PLAIN, 0x0f, known, name, value);
  }

  fields(headers: readonly string[]): void {
    for (let i = 0; i < headers.length; i += 2) this.field(headers[i]!, headers[i + 1]!);
  }

  #shallIndex(name: HeaderName, value: string): boolean {
    if (bytesOf(name, value) > ENTRY_BYTES_MAX || !name.hasRoom) return false;
    switch (name.policy) {
      case "at-once":
        return true;
      case "when-repeated":
        return !this.#isNamed(name) || name.seesAgain(value);
      case "never":
        return !this.#isNamed(name);
      case "secret":
        return value.length >= SECRET_LENGTH_MIN && name.seesAgain(value);
    }
  }

  // Where a table has the name, a literal needs only an index for it. So one value of each name
  // stands in the table, whether it will ever repeat or not.
  #isNamed(name: HeaderName): boolean {
    return name.staticIndex > 0 || name.youngest !== undefined;
  }

  #indexOf(entry: TableEntry): number {
    if (entry.staticIndex > 0) return entry.staticIndex;
    return STATIC_TABLE.length + this.#table.inserted - entry.number;
  }

  #literalIndexed(name: HeaderName, value: string): void {
    const bytes = bytesOf(name, value);
    if (bytes > this.#table.bytesMax) return this.#literal(PLAIN, 0x0f, name, name.text, value);
    this.#nameIndex(INDEXING, 0x3f, name);
    if (!this.#isNamed(name)) this.#coded(name.text);
    this.#coded(value);
    const number = this.#table.inserted;
    const entry = { name, value: ownCopy(value), bytes, staticIndex: 0, number };
    assert.ok(this.#table.add(entry));
    name.insert(entry);
  }

  #literal(
    first: number,
    prefixMask: number,
    known: HeaderName | undefined,
    name: string,
    value: string,
  ): void {
    const isNamed = known !== undefined && this.#isNamed(known);
    if (isNamed) this.#nameIndex(first, prefixMask, known);
    else this.#integer(first, prefixMask, 0);
    if (!isNamed) this.#raw(name);
    this.#raw(value);
  }

  #nameIndex(first: number, prefixMask: number, name: HeaderName): void {
    const { youngest } = name;
    const index = name.staticIndex || (youngest ? this.#indexOf(youngest) : 0);
    this.#integer(first, prefixMask, index);
  }

  #coded(text: string): void {
    const length = huffmanLength(text);
    if (length >= text.length) return this.#raw(text);
    this.#integer(0x80, 0x7f, length);
    this.#at = encodeHuffman(text, this.#buffer, this.#at);
  }

  #raw(text: string): void {
    const length = text.length;
    this.#integer(0, 0x7f, length);
    writeLatin1(this.#buffer, text, this.#at);
    this.#at += length;
  }

  #integer(first: number, prefixMask: number, value: number): void {
    if (value < prefixMask) {
      this.#buffer[this.#at++] = first | value;
      return;
    }
    this.#buffer[this.#at++] = first | prefixMask;
    let rest = value - prefixMask;
    while (rest >= 0x80) {
      this.#buffer[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buffer[this.#at++] = rest;
  }
}

function bytesOf(name: HeaderName, value: string): number {
  return name.text.length + value.length + OVERHEAD_BYTES;
}
