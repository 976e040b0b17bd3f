// Hot path.
//
// Reads answers of HTTP/1.1 (RFC 9112), one after the other, strictly enough to notice a broken
// one. It keeps nothing of them but the status and the number of bytes in the body.

import { LIMITS } from "#base/limits.ts";
import { parseAnswerHead } from "./answer-head.ts";

// more: the answer goes on. done: it is whole. fault: it is not HTTP/1.1, or bytes follow it that
// nobody asked for.
export type AnswerProgress = "more" | "done" | "fault";

type Stage =
  | "head"
  | "length"
  | "until-close"
  | "chunk-size"
  | "chunk-data"
  | "chunk-end"
  | "trailers"
  | "done"
  | "fault";

const CR = 13;
const LF = 10;
const SEMICOLON = 59;
const HEAD_PIECE_BYTES = 2048;
const SIZE_DIGITS_MAX = 12;

export class AnswerParser {
  #stage: Stage = "done";
  #isHead = false;
  #status = 0;
  #keepsAlive = false;
  #bodyBytes = 0;
  // The part of the head that came with earlier reads.
  #held = "";
  // Bytes left of the body or chunk; while a chunk's size is read, what it amounts to so far.
  #left = 0;
  // Of the present line: digits of a size, or characters of a trailer.
  #count = 0;
  #trailerBytes = 0;
  #extensionBytes = 0;
  #hasCr = false;

  get status(): number {
    return this.#status;
  }

  get keepsAlive(): boolean {
    return this.#keepsAlive;
  }

  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  // Expects the next answer. `isHead`: to a HEAD request, whose answer has no body.
  expect(isHead: boolean): void {
    this.#stage = "head";
    this.#isHead = isHead;
    this.#status = 0;
    this.#keepsAlive = false;
    this.#bodyBytes = 0;
    this.#held = "";
  }

  // Reads `bytes` up to `length`.
  feed(bytes: Buffer, length: number): AnswerProgress {
    let at = 0;
    while (at < length) {
      if (this.#stage === "done" || this.#stage === "fault") return this.#fault();
      at = this.#step(bytes, at, length);
    }
    return this.#stage === "done" ? "done" : this.#stage === "fault" ? "fault" : "more";
  }

  // The other side has closed its direction. True if that ends the answer.
  finish(): boolean {
    const isWhole = this.#stage === "until-close" || this.#stage === "done";
    this.#keepsAlive = false;
    return isWhole;
  }

  #step(bytes: Buffer, at: number, length: number): number {
    switch (this.#stage) {
      case "head":
        return this.#readHead(bytes, at, length);
      case "length":
      case "chunk-data":
        return this.#readBody(at, length);
      case "until-close":
        this.#bodyBytes += length - at;
        return length;
      case "chunk-size":
        this.#readSize(bytes[at]!);
        return at + 1;
      case "chunk-end":
        this.#readChunkEnd(bytes[at]!);
        return at + 1;
      case "trailers":
        this.#readTrailer(bytes[at]!);
        return at + 1;
      default:
        return length;
    }
  }

  #readHead(bytes: Buffer, at: number, length: number): number {
    const until = Math.min(length, at + HEAD_PIECE_BYTES);
    const before = this.#held.length;
    const text = this.#held + bytes.toString("latin1", at, until);
    const end = text.indexOf("\r\n\r\n", Math.max(0, before - 3));
    if (end < 0) {
      this.#held = text;
      // Bytes that can't begin an answer are told at once, not after a head's worth of them.
      if (text.length > LIMITS.headBytesMax || !"HTTP/1.".startsWith(text.slice(0, 7))) {
        this.#fault();
      }
      return until;
    }
    this.#held = "";
    this.#enterBody(text.slice(0, end + 2));
    return at + end + 4 - before;
  }

  #enterBody(text: string): void {
    const head = parseAnswerHead(text);
    if (!head || head.status === 101) {
      this.#fault();
      return;
    }
    if (head.status < 200) return;
    this.#status = head.status;
    this.#keepsAlive = head.keepsAlive;
    if (this.#isHead || head.status === 204 || head.status === 304) this.#stage = "done";
    else if (head.framing === "chunked") this.#enterSize();
    else if (head.framing === "until-close") this.#enterUntilClose();
    else this.#enterLength(head.contentLength);
  }

  #enterLength(contentLength: number): void {
    this.#left = contentLength;
    this.#stage = contentLength === 0 ? "done" : "length";
  }

  #enterUntilClose(): void {
    this.#keepsAlive = false;
    this.#stage = "until-close";
  }

  #enterSize(): void {
    this.#stage = "chunk-size";
    this.#left = 0;
    this.#count = 0;
    this.#extensionBytes = 0;
    this.#hasCr = false;
  }

  #readBody(at: number, length: number): number {
    const taken = Math.min(length - at, this.#left);
    this.#left -= taken;
    this.#bodyBytes += taken;
    if (this.#left === 0) {
      this.#hasCr = false;
      this.#stage = this.#stage === "length" ? "done" : "chunk-end";
    }
    return at + taken;
  }

  #readSize(byte: number): void {
    if (this.#hasCr) {
      if (byte !== LF || this.#count === 0) this.#fault();
      else if (this.#left === 0) this.#enterTrailers();
      else this.#stage = "chunk-data";
    } else if (byte === CR) {
      this.#hasCr = true;
    } else if (this.#extensionBytes > 0 || (byte === SEMICOLON && this.#count > 0)) {
      this.#extensionBytes++;
      if (byte === LF || this.#extensionBytes > LIMITS.chunkExtensionBytesMax) this.#fault();
    } else {
      const digit = hexDigit(byte);
      if (digit < 0 || ++this.#count > SIZE_DIGITS_MAX) this.#fault();
      this.#left = this.#left * 16 + digit;
    }
  }

  #readChunkEnd(byte: number): void {
    if (!this.#hasCr && byte === CR) this.#hasCr = true;
    else if (this.#hasCr && byte === LF) this.#enterSize();
    else this.#fault();
  }

  #enterTrailers(): void {
    this.#stage = "trailers";
    this.#count = 0;
    this.#trailerBytes = 0;
    this.#hasCr = false;
  }

  #readTrailer(byte: number): void {
    if (++this.#trailerBytes > LIMITS.trailersBytesMax) this.#fault();
    else if (this.#hasCr && byte !== LF) this.#fault();
    else if (byte === CR) this.#hasCr = true;
    else if (byte !== LF) this.#count++;
    else if (!this.#hasCr) this.#fault();
    else if (this.#count === 0) this.#stage = "done";
    else {
      this.#count = 0;
      this.#hasCr = false;
    }
  }

  #fault(): "fault" {
    this.#stage = "fault";
    this.#keepsAlive = false;
    return "fault";
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
