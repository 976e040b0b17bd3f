// Hot path.
//
// Lines as bytes, put together in blocks that are written whole. Each text is checked while it is
// copied; nothing is made for a line but its bytes, or collecting it would cost more than writing.

import { LIMITS } from "#base/limits.ts";
import type { Encoder } from "./access-value.ts";

export type Block = { readonly bytes: Buffer; readonly used: number; readonly lines: number };

const NO_BYTES = Buffer.alloc(0);
// Bytes that one of a string's units may become.
const UTF8_MOST = 3;
// Below it a loop is faster than a call of `set`.
const COPIED_MAX = 32;
const DIGITS_MAX = 16;
// Above it digits are V8's to find.
const DIGITS_OF_OURS = 1_000_000_000;
const [QUOTE, ZERO, POINT] = [0x22, 0x30, 0x2e];

export class LineBlocks {
  // Those that are full, in the order in which they are to be written.
  readonly full: Block[] = [];
  #encode: Encoder;
  #bytes: Buffer = NO_BYTES;
  #at = 0;
  // Where the line at hand begins; and lines before it in this block.
  #start = 0;
  #lines = 0;
  #spare: Buffer = NO_BYTES;

  constructor(encode: Encoder) {
    this.#encode = encode;
  }

  // Lines that have begun must have ended.
  encodeBy(encode: Encoder): void {
    this.#encode = encode;
  }

  get isEmpty(): boolean {
    return this.full.length === 0 && this.#start === 0;
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

  // A part of a text that a peer may have sent: "" is none.
  text(value: string, from = 0, to = value.length): void {
    const { clean, isQuoted, none } = this.#encode;
    const length = to - from;
    if (length <= 0) return this.constant(none);
    if (length > LIMITS.accessLogTextMax) return this.#encoded(value, from, to);
    this.#makeRoom(length + 2);
    const bytes = this.#bytes;
    let at = this.#at;
    if (isQuoted) bytes[at++] = QUOTE;
    for (let i = from; i < to; i++) {
      const unit = value.charCodeAt(i);
      if (unit >= clean.length || clean[unit] === 0) return this.#encoded(value, from, to);
      bytes[at++] = unit;
    }
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
    this.#start = this.#at;
    this.#lines++;
  }

  // What is to be written next, whole or not. Not while a line is being made.
  take(): Block | undefined {
    const full = this.full.shift();
    if (full || this.#start === 0) return full;
    const block = { bytes: this.#bytes, used: this.#start, lines: this.#lines };
    this.#begin(NO_BYTES);
    return block;
  }

  // It is written, and may be used again.
  giveBack(bytes: Buffer): void {
    this.#spare = bytes;
  }

  #encoded(value: string, from: number, to: number): void {
    this.plain(this.#encode.text(value.slice(from, to)));
  }

  #makeRoom(length: number): void {
    if (this.#at + length > this.#bytes.length) this.#grow(length);
  }

  // The line at hand moves into a block of its own.
  #grow(length: number): void {
    const begun = this.#bytes.subarray(this.#start, this.#at);
    if (this.#start > 0) {
      this.full.push({ bytes: this.#bytes, used: this.#start, lines: this.#lines });
    }
    this.#begin(this.#bytesFor(begun.length + length));
    this.#bytes.set(begun);
    this.#at = begun.length;
  }

  #begin(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#at = 0;
    this.#start = 0;
    this.#lines = 0;
  }

  // The last one that was written, where that is large enough.
  #bytesFor(most: number): Buffer {
    const spare = this.#spare;
    this.#spare = NO_BYTES;
    if (spare.length >= most) return spare;
    return Buffer.allocUnsafeSlow(Math.max(LIMITS.accessLogBlockBytes, most));
  }
}
