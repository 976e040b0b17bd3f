// The answering side of a control stream: bytes into messages.

import type { ExchangeEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { ResponseHead } from "#proxy/exchange/heads.ts";
import { MessageReader } from "#snapshot/message-frames.ts";

export type MessageStreamEvents = {
  opened(): void;
  message(message: unknown): void;
  drained(): void;
  // Nothing follows. "" for an orderly end.
  over(reason: string): void;
};

export class MessageEvents implements ExchangeEvents {
  readonly #events: MessageStreamEvents;
  readonly #reader = new MessageReader();

  constructor(events: MessageStreamEvents) {
    this.#events = events;
  }

  inform(): void {}

  head({ status }: ResponseHead): void {
    if (status === 200) this.#events.opened();
    else this.#events.over(`the control plane answered ${status}`);
  }

  data(chunk: Uint8Array): void {
    const read = this.#reader.read(chunk);
    if (read.kind === "broken") return this.#events.over(read.reason);
    for (const message of read.messages) this.#events.message(message);
  }

  end(): void {
    this.#events.over("");
  }

  fail(failure: Failure): void {
    this.#events.over(failure.detail);
  }

  drained(): void {
    this.#events.drained();
  }
}
