// A peer of the mesh with a real certificate that says exactly the frames it is told to, and shows
// what it hears. Its blocks are plain literals, so that they can say what no encoder would.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import { LIMITS } from "#base/limits.ts";
import { FLAG, FRAME, FRAME_HEADER_BYTES } from "#proxy/http2/frame-types.ts";
import { HpackDecoder } from "#proxy/http2/hpack-decoder.ts";
import { frame, PREFACE_BYTES, settings } from "#proxy/http2/raw-peer.ts";
import type { RunningProxy } from "./small-mesh.ts";

const PATIENCE_MS = 4_000;
const MESH_ALPN = "weft/1";
const LENGTH_BITS = 0x7f;

export class RawHttp2 {
  readonly #socket: TLSSocket;
  readonly #decoder = new HpackDecoder(LIMITS);
  #unread: Buffer = Buffer.alloc(0);
  #changed = () => {};
  // By stream, as they came: "200", "reset 8".
  readonly answers: { readonly id: number; readonly text: string }[] = [];
  // The code of the last GOAWAY.
  goAway: number | undefined;
  dataBytes = 0;
  pings = 0;
  wasClosed = false;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => this.#read(bytes));
    socket.on("error", () => {});
    for (const end of ["end", "close"]) {
      socket.on(end, () => {
        this.wasClosed = true;
        this.#changed();
      });
    }
  }

  // Shows the certificate of one workload to another's mesh port.
  static async dial(from: RunningProxy, to: RunningProxy): Promise<RawHttp2> {
    const file = join(from.settings.stateFolder, "credentials.json");
    const { key, certificate: cert } = JSON.parse(readFileSync(file, "utf8"));
    const { address: host, port } = to.settings.mesh;
    const socket = connect({
      ...{ host, port, key, cert, allowHalfOpen: true },
      ...{ ALPNProtocols: [MESH_ALPN], rejectUnauthorized: false },
    });
    const peer = new RawHttp2(socket);
    await new Promise((resolve) => socket.once("secureConnect", resolve));
    peer.send(PREFACE_BYTES, settings());
    return peer;
  }

  send(...frames: readonly Buffer[]): void {
    if (!this.#socket.destroyed) this.#socket.write(Buffer.concat(frames));
  }

  answersTo(id: number): string[] {
    return this.answers.filter((answer) => answer.id === id).map(({ text }) => text);
  }

  // False where that hasn't come true in time.
  async until(isTrue: () => boolean): Promise<boolean> {
    const untilMs = performance.now() + PATIENCE_MS;
    while (!isTrue() && performance.now() < untilMs) {
      const change = new Promise<void>((resolve) => (this.#changed = resolve));
      await Promise.race([change, wait(untilMs - performance.now(), undefined, { ref: false })]);
    }
    return isTrue();
  }

  // The socket is read no more.
  pause(): void {
    this.#socket.pause();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    while (this.#unread.length >= FRAME_HEADER_BYTES) {
      const end = FRAME_HEADER_BYTES + this.#unread.readUIntBE(0, 3);
      if (this.#unread.length < end) break;
      this.#note(this.#unread.subarray(0, end));
      this.#unread = this.#unread.subarray(end);
    }
    this.#changed();
  }

  #note(bytes: Buffer): void {
    const id = bytes.readUInt32BE(5);
    switch (bytes[3]) {
      case FRAME.headers: {
        this.#decoder.decode(bytes, FRAME_HEADER_BYTES, bytes.length);
        const status = this.#decoder.fields.find(({ name }) => name === ":status")?.value;
        if (status !== undefined) this.answers.push({ id, text: status });
        return;
      }
      case FRAME.reset:
        this.answers.push({ id, text: `reset ${bytes.readUInt32BE(FRAME_HEADER_BYTES)}` });
        return;
      case FRAME.data:
        this.dataBytes += bytes.length - FRAME_HEADER_BYTES;
        return;
      case FRAME.ping:
        this.pings++;
        return;
      case FRAME.goAway:
        this.goAway = bytes.readUInt32BE(FRAME_HEADER_BYTES + 4);
    }
  }
}

// Flat names and values, one character a byte.
export function block(...fields: readonly string[]): Buffer {
  const parts: Buffer[] = [];
  for (const [i, text] of fields.entries()) {
    const bytes = Buffer.from(text, "latin1");
    parts.push(Buffer.from([...(i % 2 === 0 ? [0] : []), ...lengthOf(bytes.length)]), bytes);
  }
  return Buffer.concat(parts);
}

// RFC 7541 §5.1, without Huffman.
function lengthOf(length: number): number[] {
  if (length < LENGTH_BITS) return [length];
  const bytes = [LENGTH_BITS];
  let rest = length - LENGTH_BITS;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}

export function headers(id: number, fields: readonly string[], endsStream = true): Buffer {
  const flags = FLAG.endHeaders | (endsStream ? FLAG.endStream : 0);
  return frame(FRAME.headers, flags, id, block(...fields));
}

// What the application of the hardening mesh answers.
export function get(path: string, ...more: readonly string[]): string[] {
  return [
    ...[":method", "GET", ":scheme", "http", ":authority", "echo:80", ":path", path],
    ...["weft-port", "9000", ...more],
  ];
}
