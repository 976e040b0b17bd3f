// Cuts a stream of bytes into lines. A line longer than the limit ends the reading: whoever sends
// such a one has lost its senses, and buffering it would take ours.

const NEWLINE = 0x0a;

export type LineEvents = {
  line(text: string): void;
  overflow(): void;
};

export class LineReader {
  readonly #bytesMax: number;
  readonly #events: LineEvents;
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #isOver = false;

  constructor(bytesMax: number, events: LineEvents) {
    this.#bytesMax = bytesMax;
    this.#events = events;
  }

  read(chunk: Uint8Array): void {
    let from = 0;
    while (!this.#isOver) {
      const newline = chunk.indexOf(NEWLINE, from);
      if (newline < 0) break;
      this.#keep(chunk.subarray(from, newline));
      if (!this.#isOver) this.#events.line(this.#take());
      from = newline + 1;
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
  }

  #keep(part: Uint8Array): void {
    if (this.#isOver || part.length === 0) return;
    this.#bytes += part.length;
    if (this.#bytes > this.#bytesMax) {
      this.#isOver = true;
      this.#parts = [];
      this.#events.overflow();
      return;
    }
    this.#parts.push(part);
  }

  #take(): string {
    const line = Buffer.concat(this.#parts, this.#bytes).toString("utf8");
    this.#parts = [];
    this.#bytes = 0;
    return line;
  }
}
