// Hot path.
//
// How a connection on which we are asked comes to its end.
//
// After the last answer our direction is closed, but what still comes is read and dropped for a
// moment: closing a socket with unread bytes resets it, and the reset may overtake the answer.

import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { Outgoing } from "#proxy/transport/outgoing.ts";
import type { BodyWriter } from "./body-writer.ts";
import type { ServerInput } from "./server-input.ts";
import type { ServerTimer } from "./server-timer.ts";

export class ServerEnding {
  readonly #stream: ByteStream;
  readonly #outgoing: Outgoing;
  readonly #body: BodyWriter;
  readonly #input: ServerInput;
  readonly #timer: ServerTimer;
  #hasBegun = false;

  constructor(
    stream: ByteStream,
    { outgoing, body }: { readonly outgoing: Outgoing; readonly body: BodyWriter },
    input: ServerInput,
    timer: ServerTimer,
  ) {
    this.#stream = stream;
    this.#outgoing = outgoing;
    this.#body = body;
    this.#input = input;
    this.#timer = timer;
  }

  // Requests are read no more.
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  // Closes our direction after what has been written.
  finish(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#input.close();
    this.#outgoing.end();
    this.#timer.wait("linger");
  }

  // The moment is over. The peer may be slow and still fetching its answer.
  linger(): void {
    if (this.#stream.isWritten) this.#stream.destroy();
    else if (!this.#timer.lingerOn()) this.breakOff();
  }

  // An answer, or a tunnel, stays unfinished.
  breakOff(): void {
    this.#hasBegun = true;
    this.#input.close();
    if (this.#body.endsByClose) this.#stream.reset();
    else this.#stream.destroy();
  }

  // The stream is gone.
  closed(): void {
    this.#hasBegun = true;
    this.#input.close();
    this.#outgoing.close();
    this.#timer.wait("exchange");
  }
}
