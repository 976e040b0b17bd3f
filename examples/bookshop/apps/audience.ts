// Those who listen over a WebSocket (RFC 6455): they are told, and have nothing to say themselves.
// That leaves little of the protocol: the handshake, whole text frames one way, and the other way
// the control frames, of which `ping` and `close` are answered.

import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const LISTENERS_MAX = 1000;
// Whoever reads so slowly is let go.
const UNREAD_BYTES_MAX = 64 * 1024;
// What a listener says is short: a frame with a longer length than this ends it.
const PAYLOAD_BYTES_MAX = 125;
const MASK_BYTES = 4;

const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;

const GOING_AWAY = 1001;
const PROTOCOL_ERROR = 1002;
const TOO_BIG = 1009;

type Frame = { readonly opcode: number; readonly payload: Buffer; readonly length: number };

export class Audience {
  readonly #path: string;
  readonly #sockets = new Set<Duplex>();

  constructor(path: string) {
    this.#path = path;
  }

  // Answers a request that asks for an upgrade.
  take(request: IncomingMessage, socket: Duplex, first: Buffer): void {
    socket.on("error", () => socket.destroy());
    const refusal = this.#refusalOf(request);
    if (refusal !== "") {
      socket.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const key = request.headers["sec-websocket-key"] ?? "";
    const accept = createHash("sha1").update(`${key}${GUID}`).digest("base64");
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n" +
        `sec-websocket-accept: ${accept}\r\n\r\n`,
    );
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    let unread = first;
    const read = (chunk: Buffer): void => {
      unread = readFrames(unread.length === 0 ? chunk : Buffer.concat([unread, chunk]), socket);
    };
    socket.on("data", read);
    socket.on("end", () => socket.end());
    if (first.length > 0) unread = readFrames(first, socket);
  }

  tell(text: string): void {
    const frame = encodeFrame(TEXT, Buffer.from(text));
    for (const socket of this.#sockets) {
      if (socket.writableLength > UNREAD_BYTES_MAX) socket.destroy();
      else if (socket.writable) socket.write(frame);
    }
  }

  end(): void {
    for (const socket of this.#sockets) close(socket, GOING_AWAY);
  }

  #refusalOf({ url, headers }: IncomingMessage): string {
    if (url?.split("?")[0] !== this.#path) return "404 Not Found";
    if (headers.upgrade?.toLowerCase() !== "websocket") return "400 Bad Request";
    if (headers["sec-websocket-version"] !== "13") {
      return "426 Upgrade Required\r\nsec-websocket-version: 13";
    }
    if (headers["sec-websocket-key"] === undefined) return "400 Bad Request";
    return this.#sockets.size < LISTENERS_MAX ? "" : "503 Service Unavailable";
  }
}

// Returns what is not a whole frame yet.
function readFrames(bytes: Buffer, socket: Duplex): Buffer {
  let rest = bytes;
  while (socket.writable) {
    const frame = decodeFrame(rest);
    if (frame === "incomplete") return rest;
    if (typeof frame === "number") {
      close(socket, frame);
      break;
    }
    rest = rest.subarray(frame.length);
    if (frame.opcode === PING) socket.write(encodeFrame(PONG, frame.payload));
    if (frame.opcode === CLOSE) socket.end(encodeFrame(CLOSE, frame.payload.subarray(0, 2)));
  }
  return Buffer.alloc(0);
}

// A frame, or the code with which to close.
function decodeFrame(bytes: Buffer): Frame | number | "incomplete" {
  if (bytes.length < 2) return "incomplete";
  const isMasked = (bytes[1]! & 0x80) !== 0;
  const size = bytes[1]! & 0x7f;
  if (!isMasked) return PROTOCOL_ERROR;
  if (size > PAYLOAD_BYTES_MAX) return TOO_BIG;
  const start = 2 + MASK_BYTES;
  const length = start + size;
  if (bytes.length < length) return "incomplete";
  const payload = Buffer.from(bytes.subarray(start, length));
  for (let i = 0; i < size; i++) payload[i]! ^= bytes[2 + (i % MASK_BYTES)]!;
  return { opcode: bytes[0]! & 0x0f, payload, length };
}

function close(socket: Duplex, code: number): void {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  if (socket.writable) socket.end(encodeFrame(CLOSE, payload));
}

// Whole, and not masked: only the asking side masks.
function encodeFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length <= PAYLOAD_BYTES_MAX ? 2 : 4);
  head[0] = 0x80 | opcode;
  head[1] = length <= PAYLOAD_BYTES_MAX ? length : 126;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  return Buffer.concat([head, payload]);
}
