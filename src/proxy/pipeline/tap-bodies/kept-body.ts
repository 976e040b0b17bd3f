// Hot path.
//
// The first bytes of a body that passes, copied: a chunk is its codec's again when the call ends.

const FIRST_BYTES = 1024;
const NOTHING = new Uint8Array(0);

export class KeptBody {
  readonly #bytesMax: number;
  readonly #grant: (wanted: number) => number;
  #bytes = NOTHING;
  #length = 0;
  #isOver = false;

  // `grant`: how many of so many bytes may be kept now.
  constructor(bytesMax: number, grant: (wanted: number) => number) {
    this.#bytesMax = bytesMax;
    this.#grant = grant;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  // What follows what was not kept isn't kept either.
  add(chunk: Uint8Array): void {
    if (this.#isOver) return;
    const granted = this.#grant(Math.min(chunk.length, this.#bytesMax - this.#length));
    this.#isOver = granted < chunk.length;
    if (granted === 0) return;
    this.#growTo(this.#length + granted);
    this.#bytes.set(granted < chunk.length ? chunk.subarray(0, granted) : chunk, this.#length);
    this.#length += granted;
  }

  #growTo(length: number): void {
    if (length <= this.#bytes.length) return;
    const doubled = Math.max(FIRST_BYTES, 2 * this.#bytes.length, length);
    const grown = new Uint8Array(Math.min(doubled, this.#bytesMax));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
