// Hot path.
//
// Reads numbers and vectors from bytes without ever leaving them: what isn't there reads as 0 or
// as empty, and the cursor isn't sound from then on.

export class FieldCursor {
  readonly bytes: Buffer;
  readonly end: number;
  #at: number;
  #isSound = true;

  constructor(bytes: Buffer, from: number, to: number) {
    this.bytes = bytes;
    this.#at = from;
    this.end = to;
  }

  get at(): number {
    return this.#at;
  }

  get left(): number {
    return this.end - this.#at;
  }

  get isSound(): boolean {
    return this.#isSound;
  }

  get isAtEnd(): boolean {
    return this.#isSound && this.#at === this.end;
  }

  uint8(): number {
    return this.#take(1) ? this.bytes[this.#at - 1]! : 0;
  }

  uint16(): number {
    return this.#take(2) ? this.bytes.readUInt16BE(this.#at - 2) : 0;
  }

  skip(count: number): void {
    this.#take(count);
  }

  // What a length of one or two bytes stands before.
  vector(lengthBytes: 1 | 2): FieldCursor {
    const length = lengthBytes === 1 ? this.uint8() : this.uint16();
    const start = this.#at;
    return this.#take(length)
      ? new FieldCursor(this.bytes, start, start + length)
      : new FieldCursor(this.bytes, start, start);
  }

  // The rest, one character a byte.
  text(): string {
    return this.bytes.toString("latin1", this.#at, this.end);
  }

  #take(count: number): boolean {
    if (count > this.left) {
      this.#isSound = false;
      this.#at = this.end;
      return false;
    }
    this.#at += count;
    return true;
  }
}
