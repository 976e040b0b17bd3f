// Splits bytes into lines of JSON. A line has a limit, so that a peer can't fill memory.

export type LineReading =
  | { readonly kind: "lines"; readonly lines: readonly string[] }
  | { readonly kind: "too-long" };

const NEWLINE = 10;

export class JsonLines {
  readonly #bytesMax: number;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  read(chunk: Buffer): LineReading {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end));
      if (this.#bytes > this.#bytesMax) return { kind: "too-long" };
      if (this.#bytes > 0) lines.push(Buffer.concat(this.#pieces).toString());
      this.#pieces = [];
      this.#bytes = 0;
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return this.#bytes > this.#bytesMax ? { kind: "too-long" } : { kind: "lines", lines };
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#bytes += piece.length;
  }
}
