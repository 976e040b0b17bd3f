// Hot path.
//
// RFC 7541, one direction of one connection. Whatever is wrong with a block's encoding is an error
// of the connection, because the tables of both sides no longer agree; what is wrong with a field
// is only noted in it.

import { readLatin1 } from "#base/latin1.ts";
import { LIMITS, type Limits } from "#base/limits.ts";
import { type HeaderField, headerField, isFieldValue, withValue } from "./header-field.ts";
import { DynamicTable } from "./hpack-dynamic-table.ts";
import { STATIC_TABLE } from "./hpack-static-table.ts";
import { decodeHuffman } from "./huffman-decode.ts";

// bomb: the block expands to so much that no honest peer can have meant it.
export type HpackVerdict = "ok" | "corrupt" | "bomb";

const INTEGER_MAX = 2 ** 28;
const CONTINUED_BYTES_MAX = 5;
const SCRATCH_BYTES = 1024;
const NO_BYTES = Buffer.alloc(0);

export class HpackDecoder {
  readonly #limits: Limits;
  readonly #table = new DynamicTable<HeaderField>(() => {});
  #block: Buffer = NO_BYTES;
  #start = 0;
  #at = 0;
  #end = 0;
  // The whole block as one string, if it was needed: plain literals are cut from it, which costs a
  // fifth of making each from the bytes.
  #text = "";
  // Whether the last string could be a value.
  #isValueValid = true;
  #fields: HeaderField[] = [];
  #listBytes = 0;
  #listed = 0;
  #scratch: Buffer = NO_BYTES;
  #tableBytesMax: number = LIMITS.hpackTableBytes;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  // What the last block held: as much of it as the limits allow.
  get fields(): readonly HeaderField[] {
    return this.#fields;
  }

  // More bytes or fields than the limits allow, so `fields` isn't all.
  get isTooLarge(): boolean {
    const { headerListBytesMax, headersMax } = this.#limits;
    return this.#listBytes > headerListBytesMax || this.#listed > headersMax;
  }

  get tableBytes(): number {
    return this.#table.bytes;
  }

  // The peer knows how large a table we keep: its next block says that its own is no larger, or
  // the tables would drift apart (RFC 7541 §4.2).
  settingsKnown(): void {
    this.#tableBytesMax = this.#limits.hpackTableBytes;
  }

  decode(block: Buffer, from: number, to: number): HpackVerdict {
    this.#block = block;
    this.#start = from;
    this.#at = from;
    this.#end = to;
    this.#text = "";
    this.#fields = [];
    this.#listBytes = 0;
    this.#listed = 0;
    const verdict = this.#decodeAll();
    this.#block = NO_BYTES;
    this.#text = "";
    return verdict;
  }

  #decodeAll(): HpackVerdict {
    if (!this.#resizeTable()) return "corrupt";
    while (this.#at < this.#end) {
      const field = this.#field(this.#block[this.#at]!);
      if (!field) return "corrupt";
      // Counted as decoded: a byte on the wire may stand for a whole table entry, and cookie
      // crumbs are fields like any other (CVE-2026-47774).
      this.#listBytes += field.bytes;
      if (this.#listBytes > this.#limits.headerBombBytes) return "bomb";
      if (field.kind !== "cookie") this.#listed++;
      if (!this.isTooLarge) this.#fields.push(field);
    }
    return "ok";
  }

  // Size updates stand at the beginning of a block only: RFC 7541 §4.2.
  #resizeTable(): boolean {
    while (this.#at < this.#end && (this.#block[this.#at]! & 0xe0) === 0x20) {
      const bytes = this.#integer(0x1f);
      if (bytes < 0 || bytes > this.#tableBytesMax) return false;
      this.#table.resize(bytes);
    }
    return this.#table.bytesMax <= this.#tableBytesMax;
  }

  #field(first: number): HeaderField | undefined {
    if (first >= 0x80) return this.#indexed(this.#integer(0x7f));
    if (first >= 0x40) {
      const field = this.#literal(0x3f, true);
      if (field) this.#table.add(field);
      return field;
    }
    if (first >= 0x20) return undefined;
    // Without indexing, or never indexed: all the same to us.
    return this.#literal(0x0f, false);
  }

  #indexed(index: number): HeaderField | undefined {
    if (index <= 0) return undefined;
    if (index <= STATIC_TABLE.length) return STATIC_TABLE[index - 1];
    return this.#table.at(index - STATIC_TABLE.length - 1);
  }

  // `isKept`: it goes into the table, and must not keep the rest of its block alive there.
  #literal(prefixMask: number, isKept: boolean): HeaderField | undefined {
    const index = this.#integer(prefixMask);
    if (index < 0) return undefined;
    if (index === 0) {
      const name = this.#string(isKept);
      const value = name === undefined ? undefined : this.#string(isKept);
      return value === undefined ? undefined : headerField(name!, value, this.#isValueValid);
    }
    const named = this.#indexed(index);
    if (!named) return undefined;
    const value = this.#string(isKept);
    return value === undefined ? undefined : withValue(named, value, this.#isValueValid);
  }

  // -1: it ends too early or is too large.
  #integer(prefixMask: number): number {
    if (this.#at >= this.#end) return -1;
    const prefix = this.#block[this.#at++]! & prefixMask;
    if (prefix < prefixMask) return prefix;
    let value = prefix;
    for (let i = 0; i < CONTINUED_BYTES_MAX; i++) {
      if (this.#at >= this.#end) return -1;
      const byte = this.#block[this.#at++]!;
      // Not shifted: the fifth byte would overflow 32 bits.
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value <= INTEGER_MAX ? value : -1;
    }
    return -1;
  }

  #string(isKept: boolean): string | undefined {
    if (this.#at >= this.#end) return undefined;
    const isHuffman = this.#block[this.#at]! >= 0x80;
    const length = this.#integer(0x7f);
    const start = this.#at;
    const end = start + length;
    if (length < 0 || end > this.#end) return undefined;
    this.#at = end;
    if (isHuffman) return this.#huffman(start, end);
    this.#isValueValid = isFieldValue(this.#block, start, end);
    if (isKept) return readLatin1(this.#block, start, end);
    if (this.#text === "") this.#text = readLatin1(this.#block, this.#start, this.#end);
    return this.#text.substring(start - this.#start, end - this.#start);
  }

  #huffman(start: number, end: number): string | undefined {
    const room = Math.ceil(((end - start) * 8) / 5);
    let scratch = this.#scratch;
    if (room > scratch.length) {
      scratch = Buffer.allocUnsafeSlow(Math.max(room, SCRATCH_BYTES));
      // A single long string must not cost the connection its memory for ever.
      if (room <= SCRATCH_BYTES) this.#scratch = scratch;
    }
    const length = decodeHuffman(this.#block, start, end, scratch);
    if (length < 0) return undefined;
    this.#isValueValid = isFieldValue(scratch, 0, length);
    return readLatin1(scratch, 0, length);
  }
}
