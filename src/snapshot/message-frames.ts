// Messages on the control stream: JSON, each preceded by its length in bytes (32 bits, big-endian).

import { LIMITS } from "#base/limits.ts";

const LENGTH_BYTES = 4;

export function encodeMessage(message: object): Buffer {
  return frameText(JSON.stringify(message));
}

export function frameText(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(LENGTH_BYTES + Buffer.byteLength(text));
  bytes.writeUInt32BE(bytes.length - LENGTH_BYTES, 0);
  bytes.write(text, LENGTH_BYTES);
  return bytes;
}

export type Frames =
  | { readonly kind: "messages"; readonly messages: readonly unknown[] }
  | { readonly kind: "broken"; readonly reason: string };

// Puts messages together from chunks. After "broken" it must not be used any more.
export class MessageReader {
  #chunks: Buffer[] = [];
  #length = 0;

  read(chunk: Uint8Array): Frames {
    this.#chunks.push(Buffer.from(chunk));
    this.#length += chunk.length;
    const messages: unknown[] = [];
    for (;;) {
      const length = this.#nextLength();
      if (length > LIMITS.controlMessageBytesMax) {
        const most = LIMITS.controlMessageBytesMax;
        return { kind: "broken", reason: `a message of ${length} bytes; at most ${most} are read` };
      }
      if (length < 0 || this.#length < LENGTH_BYTES + length) return { kind: "messages", messages };
      const text = this.#take(LENGTH_BYTES + length).toString("utf8", LENGTH_BYTES);
      try {
        messages.push(JSON.parse(text));
      } catch {
        return { kind: "broken", reason: "a message that is not JSON" };
      }
    }
  }

  // -1 while not even the length is there.
  #nextLength(): number {
    if (this.#length < LENGTH_BYTES) return -1;
    if (this.#chunks[0]!.length < LENGTH_BYTES) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]!.readUInt32BE(0);
  }

  #take(length: number): Buffer {
    const all = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    this.#length -= length;
    this.#chunks = this.#length > 0 ? [all.subarray(length)] : [];
    return all.subarray(0, length);
  }
}
