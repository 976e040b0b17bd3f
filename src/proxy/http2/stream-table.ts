// Hot path.
//
// The open streams of a connection by id. Ids of one side are every second number, so neighbours
// fall into different slots; a stream that outlives hundreds of others shares one.

import type { Stream } from "./stream.ts";

const SLOTS = 64;

export class StreamTable {
  readonly #slots: (Stream | undefined)[] = new Array(SLOTS).fill(undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): Stream | undefined {
    let stream = this.#slots[slotOf(id)];
    while (stream && stream.id !== id) stream = stream.nextInSlot;
    return stream;
  }

  add(stream: Stream): void {
    const slot = slotOf(stream.id);
    stream.nextInSlot = this.#slots[slot];
    this.#slots[slot] = stream;
    this.#size++;
  }

  remove(stream: Stream): void {
    const slot = slotOf(stream.id);
    let before: Stream | undefined;
    let at = this.#slots[slot];
    while (at && at !== stream) {
      before = at;
      at = at.nextInSlot;
    }
    if (!at) return;
    if (before) before.nextInSlot = stream.nextInSlot;
    else this.#slots[slot] = stream.nextInSlot;
    stream.nextInSlot = undefined;
    this.#size--;
  }

  // A list of its own, so that streams may come and go during a walk.
  all(): Stream[] {
    const streams: Stream[] = [];
    for (let slot = 0; slot < SLOTS; slot++) {
      for (let at = this.#slots[slot]; at; at = at.nextInSlot) streams.push(at);
    }
    return streams;
  }
}

function slotOf(id: number): number {
  return (id >>> 1) & (SLOTS - 1);
}
