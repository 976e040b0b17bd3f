// Hot path.
//
// Finds where a head ends. One that lies whole in what was read is parsed where it lies; only what
// arrives in pieces is copied and collected.

import type { Fault } from "./fault.ts";
import { HeadCollector } from "./head-collector.ts";

const HEAD_END = Buffer.from("\r\n\r\n");

const MALFORMED: Fault = {
  kind: "malformed",
  detail: "a bare CR or LF, or a control character, in the head",
};

export class HeadReader {
  // Where the complete head lies, its empty line included, or undefined. To be parsed at once.
  bytes: Buffer | undefined = undefined;
  start = 0;
  end = 0;
  fault: Fault | undefined = undefined;
  readonly #bytesMax: number;
  readonly #collector: HeadCollector;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#collector = new HeadCollector(bytesMax);
  }

  // No byte of a head has come yet.
  get isEmpty(): boolean {
    return this.#collector.isEmpty;
  }

  // Nothing has come yet but the empty line that may stand before a request.
  get isBlank(): boolean {
    return this.#collector.isBlank;
  }

  clear(): void {
    this.bytes = undefined;
    this.fault = undefined;
    this.#collector.clear();
  }

  // Returns the index after what belongs to the head. Look at `fault` and `bytes` afterwards.
  read(bytes: Buffer, from: number): number {
    if (this.#collector.isEmpty) {
      const end = bytes.indexOf(HEAD_END, from) + HEAD_END.length;
      if (end - from > this.#bytesMax) {
        this.#refuse();
        return bytes.length;
      }
      if (end >= HEAD_END.length) {
        this.#complete(bytes, from, end);
        return end;
      }
    }
    return this.#collect(bytes, from);
  }

  #complete(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  #collect(bytes: Buffer, from: number): number {
    const collector = this.#collector;
    const at = collector.collect(bytes, from);
    if (collector.state === "complete") {
      const head = collector.take();
      this.#complete(head, 0, head.length);
    } else if (collector.state === "too-large") this.#refuse();
    else if (collector.state === "malformed") this.fault = MALFORMED;
    return at;
  }

  #refuse(): void {
    this.fault = {
      kind: "too-large",
      detail: `the head is longer than ${this.#bytesMax} bytes`,
    };
  }
}
