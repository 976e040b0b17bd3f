// Hot path.
//
// A head or a trailer section that arrives in pieces. (One that arrives whole never gets here.)
// Each byte is looked at once, so that a peer who sends single bytes costs no more than another,
// and bytes that no head can contain are refused when they come, not when the head is complete.

export type CollectorState = "partial" | "complete" | "too-large" | "malformed";

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DELETE = 0x7f;
const BYTES_AT_FIRST = 1024;

export class HeadCollector {
  readonly #bytesMax: number;
  readonly #startsAfterLine: boolean;
  #bytes: Buffer | undefined;
  #length = 0;
  // How much of CR LF CR LF has been seen.
  #matched = 0;
  #state: CollectorState = "partial";

  // A trailer section starts after a line, so one more empty line ends it.
  constructor(bytesMax: number, startsAfterLine = false) {
    this.#bytesMax = bytesMax;
    this.#startsAfterLine = startsAfterLine;
    this.clear();
  }

  get state(): CollectorState {
    return this.#state;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  // Nothing yet but the empty line that may stand before a request.
  get isBlank(): boolean {
    return this.#length === 0 || (this.#length <= 2 && this.#bytes![0] === CR);
  }

  // Takes what belongs to the head and returns the index after it.
  collect(bytes: Buffer, from: number): number {
    const room = from + this.#bytesMax - this.#length;
    const limit = Math.min(bytes.length, room);
    let at = from;
    while (at < limit && this.#state === "partial") this.#look(bytes[at++]!);
    this.#append(bytes, from, at);
    if (this.#state === "partial" && at === room) this.#state = "too-large";
    return at;
  }

  // The whole. Leaves the collector empty.
  take(): Buffer {
    const bytes = this.#bytes!.subarray(0, this.#length);
    this.clear();
    return bytes;
  }

  clear(): void {
    this.#bytes = undefined;
    this.#length = 0;
    this.#matched = this.#startsAfterLine ? 2 : 0;
    this.#state = "partial";
  }

  #look(byte: number): void {
    const isAfterCr = (this.#matched & 1) === 1;
    if (isAfterCr !== (byte === LF)) {
      this.#state = "malformed";
    } else if (isAfterCr) {
      if (++this.#matched === 4) this.#state = "complete";
    } else if (byte === CR) {
      this.#matched = this.#matched === 2 ? 3 : 1;
    } else {
      this.#matched = 0;
      if ((byte < SPACE && byte !== TAB) || byte === DELETE) this.#state = "malformed";
    }
  }

  #append(bytes: Buffer, from: number, to: number): void {
    const length = this.#length + to - from;
    const room = this.#bytes?.length ?? 0;
    if (length > room) {
      const grown = Buffer.allocUnsafeSlow(Math.max(length, room * 2, BYTES_AT_FIRST));
      this.#bytes?.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    bytes.copy(this.#bytes!, this.#length, from, to);
    this.#length = length;
  }
}
