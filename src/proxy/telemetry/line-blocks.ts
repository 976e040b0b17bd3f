// Hot path.
//
// Lines as bytes. They are put together in a little memory that stays in the processor's caches,
// and moved from there, some at once, into blocks that are written whole. Nothing is made for a
// line but its bytes, or collecting it would cost more than writing.

import { readLatin1 } from "#base/latin1.ts";
import { LIMITS } from "#base/limits.ts";
import type { Encoder } from "./access-value.ts";

export type Block = { readonly bytes: Buffer; readonly used: number; readonly lines: number };

const NO_BYTES = Buffer.alloc(0);
// While one block is filled another one is written: new ones would make V8 collect all garbage
// there is, for the memory that it sees them take.
const SPARE_MAX = 2;
// Bytes that one of a string's units may become.
const UTF8_MOST = 3;
const DIGITS_MAX = 16;
// What lines are put together in, and from where on it is emptied.
const [DESK_BYTES, FULL_DESK_BYTES] = [8_192, 4_096];
// Those whose tenths have 31 bits. The digits of others are V8's to find.
const AMOUNTS_OF_OURS = 200_000_000;
const [QUOTE, ZERO, POINT] = [0x22, 0x30, 0x2e];

export class LineBlocks {
  // Those that are full, in the order in which they are to be written.
  readonly full: Block[] = [];
  #encode: Encoder;
  readonly #desk = Buffer.allocUnsafeSlow(DESK_BYTES);
  // The desk, or what a line that is too long for it is put together in.
  #bytes = this.#desk;
  #at = 0;
  #lines = 0;
  // Where they are moved to, and what has been.
  #block: Buffer = NO_BYTES;
  #used = 0;
  #linesMoved = 0;
  readonly #spare: Buffer[] = [];

  constructor(encode: Encoder) {
    this.#encode = encode;
  }

  // Lines that have begun must have ended.
  encodeBy(encode: Encoder): void {
    this.#encode = encode;
  }

  get isEmpty(): boolean {
    return this.#at === 0 && this.full.length === 0 && this.#used === 0;
  }

  constant(bytes: Uint8Array): void {
    const at = this.#at;
    const end = at + bytes.length;
    if (end > this.#bytes.length) this.#grow(end);
    this.#bytes.set(bytes, at);
    this.#at = end;
  }

  // A text of Latin-1, between two places in `from`; an empty one is none.
  text(from: Buffer, start: number, end: number): void {
    const length = end - start;
    if (length === 0) return this.constant(this.#encode.none);
    if (length > LIMITS.accessLogTextMax) return this.#encoded(from, start, end);
    const { clean, isQuoted } = this.#encode;
    let at = this.#at;
    if (at + length + 2 > this.#bytes.length) this.#grow(at + length + 2);
    const bytes = this.#bytes;
    if (isQuoted) bytes[at++] = QUOTE;
    let isClean = 1;
    for (let i = start; i < end; i++) {
      const unit = from[i]!;
      isClean &= clean[unit]!;
      bytes[at++] = unit;
    }
    if (isClean === 0) return this.#encoded(from, start, end);
    if (isQuoted) bytes[at++] = QUOTE;
    this.#at = at;
  }

  // From 0 on, with one digit behind the point if it isn't 0 and the amount not large.
  amount(value: number): void {
    if (value >= AMOUNTS_OF_OURS) return this.plain(String(Math.round(value)));
    const at = this.#at;
    if (at + DIGITS_MAX > this.#bytes.length) this.#grow(at + DIGITS_MAX);
    const bytes = this.#bytes;
    const tenths = (value * 10 + 0.5) | 0;
    const whole = (tenths / 10) | 0;
    let end = at + 1;
    for (let rest = (whole / 10) | 0; rest > 0; rest = (rest / 10) | 0) end++;
    this.#at = end;
    for (let rest = whole; end > at; rest = (rest / 10) | 0) bytes[--end] = ZERO + (rest % 10);
    const tenth = tenths % 10;
    if (tenth === 0) return;
    bytes[this.#at++] = POINT;
    bytes[this.#at++] = ZERO + tenth;
  }

  // As it stands.
  plain(text: string): void {
    const end = this.#at + text.length * UTF8_MOST;
    if (end > this.#bytes.length) this.#grow(end);
    this.#at += this.#bytes.write(text, this.#at);
  }

  // With what ends it.
  endLine(): void {
    this.#lines++;
    if (this.#at > FULL_DESK_BYTES) this.#move();
  }

  // What is to be written next, whole or not. Not while a line is being made.
  take(): Block | undefined {
    this.#move();
    const full = this.full.shift();
    if (full || this.#used === 0) return full;
    const block = { bytes: this.#block, used: this.#used, lines: this.#linesMoved };
    this.#begin(NO_BYTES);
    return block;
  }

  // It is written, and may be used again.
  giveBack(bytes: Buffer): void {
    if (this.#spare.length < SPARE_MAX) this.#spare.push(bytes);
  }

  #encoded(from: Buffer, start: number, end: number): void {
    this.plain(this.#encode.text(readLatin1(from, start, end)));
  }

  #grow(least: number): void {
    const grown = Buffer.allocUnsafeSlow(2 * least);
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }

  #move(): void {
    const length = this.#at;
    if (length === 0) return;
    if (this.#used + length > this.#block.length) {
      if (this.#used > 0) {
        this.full.push({ bytes: this.#block, used: this.#used, lines: this.#linesMoved });
      }
      this.#begin(this.#bytesFor(length));
    }
    this.#bytes.copy(this.#block, this.#used, 0, length);
    this.#used += length;
    this.#linesMoved += this.#lines;
    this.#at = 0;
    this.#lines = 0;
    this.#bytes = this.#desk;
  }

  #begin(block: Buffer): void {
    this.#block = block;
    this.#used = 0;
    this.#linesMoved = 0;
  }

  // One that was written, where it is large enough.
  #bytesFor(most: number): Buffer {
    const spare = this.#spare.pop();
    if (spare !== undefined && spare.length >= most) return spare;
    return Buffer.allocUnsafeSlow(Math.max(LIMITS.accessLogBlockBytes, most));
  }
}
