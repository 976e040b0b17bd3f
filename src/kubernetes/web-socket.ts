// A client's end of a WebSocket (RFC 6455), as an API server speaks it: messages in binary, no
// extensions.

import { createHash, randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import { LIMITS } from "#base/limits.ts";

export type WebSocketEvents = {
  message(bytes: Buffer): void;
  // Once; "" where both sides meant it.
  closed(reason: string): void;
};

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // section 1.3
const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const FIN = 0x80;
const MASKED = 0x80;
const MASK_BYTES = 4;
const CLOSE_NORMAL = 1000;

export function newWebSocketKey(): string {
  return randomBytes(16).toString("base64");
}

export function acceptOfKey(key: string): string {
  return createHash("sha1").update(`${key}${GUID}`).digest("base64");
}

export class WebSocket {
  readonly #stream: Duplex;
  readonly #events: WebSocketEvents;
  #received: Buffer;
  #message: Buffer[] = [];
  #messageBytes = 0;
  #isOver = false;

  // `head`: what came with the answer to the upgrade. Nothing is told before this returns.
  constructor(stream: Duplex, head: Buffer, events: WebSocketEvents) {
    this.#stream = stream;
    this.#events = events;
    this.#received = head;
    stream.on("data", (bytes: Buffer) => this.#receive(bytes));
    stream.on("error", (error) => this.#end(error.message));
    stream.on("close", () => this.#end("the connection was closed"));
    stream.on("end", () => this.#end("the connection was closed"));
    if (head.length > 0) setImmediate(() => this.#receive(Buffer.alloc(0)));
  }

  send(bytes: Buffer, sent: () => void = () => {}): void {
    if (this.#isOver) return sent();
    this.#stream.write(frame(OPCODE.binary, bytes), () => sent());
  }

  close(): void {
    if (this.#isOver) return;
    const code = Buffer.alloc(2);
    code.writeUInt16BE(CLOSE_NORMAL);
    this.#stream.write(frame(OPCODE.close, code));
    this.#end("");
  }

  // The peer waits meanwhile.
  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  #receive(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    while (!this.#isOver && this.#takeFrame());
  }

  // Section 5.2. Whether there was a whole one.
  #takeFrame(): boolean {
    const received = this.#received;
    if (received.length < 2) return false;
    const [first = 0, second = 0] = received;
    const short = second & 0x7f;
    const headBytes = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (received.length < headBytes) return false;
    const length = headBytes === 2 ? short : payloadLength(received, headBytes);
    const isSound = (second & MASKED) === 0 && (first & 0x70) === 0;
    if (!isSound || length + this.#messageBytes > LIMITS.webSocketMessageBytesMax) {
      this.#end(isSound ? "a message is too long" : "what was received is no WebSocket frame");
      return false;
    }
    if (received.length < headBytes + length) return false;
    const payload = received.subarray(headBytes, headBytes + length);
    this.#received = received.subarray(headBytes + length);
    this.#take(first & 0x0f, (first & FIN) !== 0, payload);
    return true;
  }

  #take(opcode: number, isLast: boolean, payload: Buffer): void {
    switch (opcode) {
      case OPCODE.ping:
        this.#stream.write(frame(OPCODE.pong, payload));
        return;
      case OPCODE.pong:
        return;
      case OPCODE.close:
        return this.#closedByPeer(payload);
      default:
        this.#message.push(payload);
        this.#messageBytes += payload.length;
        if (isLast) this.#tellMessage();
    }
  }

  #tellMessage(): void {
    const message = this.#message.length === 1 ? this.#message[0]! : Buffer.concat(this.#message);
    this.#message = [];
    this.#messageBytes = 0;
    this.#events.message(message);
  }

  #closedByPeer(payload: Buffer): void {
    const code = payload.length >= 2 ? payload.readUInt16BE() : CLOSE_NORMAL;
    const text = payload.subarray(2).toString("utf8");
    this.#stream.write(frame(OPCODE.close, payload.subarray(0, 2)));
    this.#end(code === CLOSE_NORMAL ? "" : text || `closed with code ${code}`);
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stream.end();
    setImmediate(() => this.#stream.destroy());
    this.#events.closed(reason);
  }
}

function payloadLength(received: Buffer, headBytes: number): number {
  return headBytes === 4 ? received.readUInt16BE(2) : Number(received.readBigUInt64BE(2));
}

// A client masks what it sends (section 5.3).
function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const out = Buffer.alloc(2 + lengthBytes + MASK_BYTES + length);
  out[0] = FIN | opcode;
  out[1] = MASKED | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) out.writeUInt16BE(length, 2);
  if (lengthBytes === 8) out.writeBigUInt64BE(BigInt(length), 2);
  const mask = randomBytes(MASK_BYTES);
  mask.copy(out, 2 + lengthBytes);
  const start = 2 + lengthBytes + MASK_BYTES;
  for (let i = 0; i < length; i++) out[start + i] = payload[i]! ^ mask[i % MASK_BYTES]!;
  return out;
}
