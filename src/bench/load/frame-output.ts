// Hot path.
//
// What a connection sends, gathered until the end of the tick: one write, one system call.

import type { Socket } from "node:net";

export class FrameOutput {
  readonly #flush = () => this.#write();
  #socket: Socket | undefined;
  #text = "";

  // From now on it goes out.
  attach(socket: Socket): void {
    this.#socket = socket;
  }

  detach(): void {
    this.#socket = undefined;
  }

  // Nothing is gathered for a connection that isn't there yet, or no longer.
  push(text: string): void {
    if (!this.#socket) return;
    if (this.#text === "") process.nextTick(this.#flush);
    this.#text += text;
  }

  #write(): void {
    const text = this.#text;
    this.#text = "";
    this.#socket?.write(text, "latin1");
  }
}
