// Hot path.
//
// A header block that needs more than one frame. Bounded in frames and in bytes: a peer could go
// on with CONTINUATION for ever (CVE-2024-27919, CVE-2024-30255).

import type { Limits } from "#base/limits.ts";

export class HeaderAssembly {
  readonly #limits: Limits;
  #id = 0;
  #endsStream = false;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  // 0: no block is under way.
  get id(): number {
    return this.#id;
  }

  get endsStream(): boolean {
    return this.#endsStream;
  }

  begin(id: number, endsStream: boolean, piece: Buffer): void {
    this.#id = id;
    this.#endsStream = endsStream;
    this.#pieces = [Buffer.from(piece)];
    this.#bytes = piece.length;
  }

  // False: it is too much.
  add(piece: Buffer): boolean {
    this.#pieces.push(Buffer.from(piece));
    this.#bytes += piece.length;
    const continuations = this.#pieces.length - 1;
    const { continuationsMax, headerBlockBytesMax } = this.#limits;
    return continuations <= continuationsMax && this.#bytes <= headerBlockBytesMax;
  }

  finish(): Buffer {
    const block = Buffer.concat(this.#pieces, this.#bytes);
    this.#id = 0;
    this.#pieces = [];
    this.#bytes = 0;
    return block;
  }
}
