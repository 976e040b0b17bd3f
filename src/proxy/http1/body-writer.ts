// Hot path.
//
// The body of a message on its way out. It holds a body against the length that its head states:
// one byte more would be the start of the next message, and somebody else's.

import type { Headers } from "#proxy/exchange/heads.ts";
import type { Outgoing } from "#proxy/transport/outgoing.ts";
import type { BodyFraming } from "./body-decoder.ts";
import { encodeFields } from "./head-writer.ts";

export class BodyWriter {
  readonly #outgoing: Outgoing;
  #framing: BodyFraming = "none";
  #bytesLeft = 0;
  #bytesWritten = 0;

  constructor(outgoing: Outgoing) {
    this.#outgoing = outgoing;
  }

  begin(framing: BodyFraming, length: number): void {
    this.#framing = framing;
    this.#bytesLeft = length;
    this.#bytesWritten = 0;
  }

  // Only the connection's end says where it ends, so a broken one needs another sign.
  get endsByClose(): boolean {
    return this.#framing === "close";
  }

  // Since `begin`, framing included.
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  // False if the body is longer than its head says. Nothing of the chunk is written then.
  write(chunk: Uint8Array): boolean {
    const length = chunk.length;
    if (this.#framing === "none" || length === 0) return true;
    if (this.#framing === "length") {
      if (length > this.#bytesLeft) return false;
      this.#bytesLeft -= length;
    }
    if (this.#framing !== "chunked") {
      this.#bytesWritten += length;
      this.#outgoing.bytes(chunk);
      return true;
    }
    this.#text(length.toString(16) + "\r\n");
    this.#bytesWritten += length;
    this.#outgoing.bytes(chunk);
    this.#text("\r\n");
    return true;
  }

  // False if the body is shorter than its head says.
  end(trailers: Headers): boolean {
    if (this.#framing === "chunked") this.#text("0" + encodeFields(trailers) + "\r\n\r\n");
    return this.#framing !== "length" || this.#bytesLeft === 0;
  }

  #text(text: string): void {
    this.#bytesWritten += text.length;
    this.#outgoing.text(text);
  }
}
