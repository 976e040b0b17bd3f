// Hot path.
//
// Lines as bytes. They are put together in a little memory that stays in the processor's caches,
// and moved from there, many at once, into blocks that are written whole. Each text is checked
// while it is copied; nothing is made for a line but its bytes, or collecting it would cost more
// than writing.

import { writeLatin1 } from "#base/latin1.ts";
import { LIMITS } from "#base/limits.ts";
import type { Encoder } from "./access-value.ts";

export type Block = { readonly bytes: Buffer; readonly used: number; readonly lines: number };

const NO_BYTES = Buffer.alloc(0);
// While one block is filled another one is written: new ones would make V8 collect all garbage
// there is, for the memory that it sees them take.
const SPARE_MAX = 2;
// Bytes that one of a string's units may become.
const UTF8_MOST = 3;
// Up to so many a loop is faster than a call.
const COPIED_MAX = 16;
const DIGITS_MAX = 16;
// What lines are put together in, and from where on it is emptied.
const [DESK_BYTES, FULL_DESK_BYTES] = [16_384, 12_288];
// Above it digits are V8's to find.
const DIGITS_OF_OURS = 1_000_000_000;
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
    const { length } = bytes;
    this.#makeRoom(length);
    const to = this.#bytes;
    const at = this.#at;
    this.#at = at + length;
    if (length > COPIED_MAX) to.set(bytes, at);
    else for (let i = 0; i < length; i++) to[at + i] = bytes[i]!;
  }

  // One that a peer may have sent: "" is none.
  text(value: string): void {
    const { length } = value;
    if (length === 0) return this.constant(this.#encode.none);
    if (length > LIMITS.accessLogTextMax) return this.#encoded(value);
    this.#makeRoom(length + 2);
    const { clean, isQuoted } = this.#encode;
    const bytes = this.#bytes;
    let at = this.#at;
    if (isQuoted) bytes[at++] = QUOTE;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit >= clean.length || clean[unit] === 0) return this.#encoded(value);
      bytes[at++] = unit;
    }
    if (isQuoted) bytes[at++] = QUOTE;
    this.#at = at;
  }

  // The same for what is long, and a part of a head: its units are bytes. V8 copies it twice as
  // fast as a loop does.
  headText(value: string): void {
    const { length } = value;
    if (length < COPIED_MAX || length > LIMITS.accessLogTextMax) return this.text(value);
    this.#makeRoom(length + 2);
    const { clean, isQuoted } = this.#encode;
    const bytes = this.#bytes;
    let at = this.#at;
    if (isQuoted) bytes[at++] = QUOTE;
    writeLatin1(bytes, value, at);
    const end = at + length;
    let isClean = 1;
    for (; at < end; at++) isClean &= clean[bytes[at]!]!;
    if (isClean === 0) return this.#encoded(value);
    if (isQuoted) bytes[at++] = QUOTE;
    this.#at = at;
  }

  // A whole number from 0 on.
  digits(value: number): void {
    if (value >= DIGITS_OF_OURS) return this.plain(String(value));
    this.#makeRoom(DIGITS_MAX);
    const bytes = this.#bytes;
    let end = this.#at + 1;
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) end++;
    this.#at = end;
    let rest = value;
    do {
      const next = Math.floor(rest / 10);
      bytes[--end] = ZERO + rest - next * 10;
      rest = next;
    } while (rest > 0);
  }

  // Milliseconds with one digit behind the point, if it isn't 0.
  tenths(ms: number): void {
    const all = Math.round(ms * 10);
    const whole = Math.floor(all / 10);
    this.digits(whole);
    if (all === whole * 10) return;
    this.#makeRoom(2);
    this.#bytes[this.#at++] = POINT;
    this.#bytes[this.#at++] = ZERO + all - whole * 10;
  }

  // As it stands.
  plain(text: string): void {
    this.#makeRoom(text.length * UTF8_MOST);
    this.#at += this.#bytes.write(text, this.#at);
  }

  endLine(end: Uint8Array): void {
    this.constant(end);
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

  #encoded(value: string): void {
    this.plain(this.#encode.text(value));
  }

  #makeRoom(length: number): void {
    if (this.#at + length > this.#bytes.length) this.#grow(length);
  }

  #grow(length: number): void {
    const grown = Buffer.allocUnsafeSlow(2 * (this.#at + length));
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
