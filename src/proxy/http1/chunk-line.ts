// Hot path.
//
// The line before each chunk (RFC 9112 §7.1): its size in hexadecimal digits and extensions, which
// nobody needs and attackers like.

import type { Limits } from "#base/limits.ts";
import { FIELD_VALUE, HEX_VALUE } from "./char-classes.ts";

export type ChunkLineState = "size" | "blank" | "extension" | "lf" | "complete" | "malformed";

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const SEMICOLON = 0x3b;
// 13 digits stay below 2^53, where numbers are still exact.
const DIGITS_MAX = 13;
// What a line may cost beyond its chunk's own size without being counted: sixteen bytes.
const OVERHEAD_FREE_BYTES = 16;

export class ChunkLine {
  size = 0;
  state: ChunkLineState = "size";
  readonly #limits: Limits;
  #digits = 0;
  #extensionBytes = 0;
  // Bytes of lines that carry no data, over the whole body: a body of one-byte chunks with long
  // extensions makes us read hundreds of bytes for each that we pass on.
  #overheadBytes = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  beginBody(): void {
    this.#overheadBytes = 0;
    this.beginLine();
  }

  beginLine(): void {
    this.size = 0;
    this.state = "size";
    this.#digits = 0;
    this.#extensionBytes = 0;
  }

  // Reads on until the line is complete or malformed; returns the index after what it read.
  read(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length && this.state !== "complete" && this.state !== "malformed") {
      this.state = this.#look(bytes[at++]!);
    }
    return at;
  }

  #look(byte: number): ChunkLineState {
    switch (this.state) {
      case "size":
        return HEX_VALUE[byte]! < 16 ? this.#addDigit(HEX_VALUE[byte]!) : this.#endSize(byte);
      case "blank":
        if (byte === SEMICOLON) return this.#addExtensionByte("extension");
        return byte === SPACE || byte === TAB ? this.#addExtensionByte("blank") : "malformed";
      case "extension":
        if (byte === CR) return "lf";
        return FIELD_VALUE[byte] === 1 ? this.#addExtensionByte("extension") : "malformed";
      case "lf":
        return byte === LF ? this.#end() : "malformed";
      default:
        return this.state;
    }
  }

  #addDigit(value: number): ChunkLineState {
    this.size = this.size * 16 + value;
    return ++this.#digits > DIGITS_MAX ? "malformed" : "size";
  }

  #endSize(byte: number): ChunkLineState {
    if (this.#digits === 0) return "malformed";
    if (byte === CR) return "lf";
    if (byte === SEMICOLON) return this.#addExtensionByte("extension");
    return byte === SPACE || byte === TAB ? this.#addExtensionByte("blank") : "malformed";
  }

  #addExtensionByte(state: ChunkLineState): ChunkLineState {
    return ++this.#extensionBytes > this.#limits.chunkExtensionBytesMax ? "malformed" : state;
  }

  #end(): ChunkLineState {
    const lineBytes = this.#digits + this.#extensionBytes;
    const overhead = this.#overheadBytes + lineBytes - OVERHEAD_FREE_BYTES - this.size;
    this.#overheadBytes = Math.max(0, overhead);
    return this.#overheadBytes > this.#limits.chunkOverheadBytesMax ? "malformed" : "complete";
  }
}
