// A peer of the mesh with a real certificate that says what it is told, frame by frame, and answers
// what HTTP/2 obliges it to.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Duplex } from "node:stream";
import { connect, type TLSSocket } from "node:tls";
import { FLAG, FRAME, FRAME_HEADER_BYTES } from "#proxy/http2/frame-types.ts";
import { frame, PREFACE_BYTES, settings } from "#proxy/http2/raw-peer.ts";

const MESH_ALPN = "weft/1";

export type MeshTarget = {
  readonly address: string;
  readonly port: number;
  readonly credentials: string; // file
};

export type HeardFrame = { readonly type: number; readonly flags: number; readonly id: number };

export type DialOptions = {
  // Instead of SETTINGS that say nothing.
  readonly first?: Buffer;
  // Instead of a socket of its own.
  readonly through?: Duplex;
};

export class MeshPeer {
  readonly socket: TLSSocket;
  readonly #heard: (frame: HeardFrame) => void;
  #unread: Buffer = Buffer.alloc(0);
  isClosed = false;

  private constructor(socket: TLSSocket, heard: (frame: HeardFrame) => void) {
    this.socket = socket;
    this.#heard = heard;
    socket.on("data", (bytes: Buffer) => this.#read(bytes));
    socket.on("error", () => {});
    for (const end of ["end", "close"]) socket.on(end, () => (this.isClosed = true));
  }

  // Rejects where it isn't let in.
  static async dial(
    { address, port, credentials }: MeshTarget,
    heard: (frame: HeardFrame) => void,
    { first = settings(), through }: DialOptions = {},
  ): Promise<MeshPeer> {
    const { key, certificate: cert } = JSON.parse(readFileSync(credentials, "utf8"));
    const socket = connect({
      ...{ host: address, port, key, cert },
      ...{ ALPNProtocols: [MESH_ALPN], rejectUnauthorized: false },
      ...(through ? { socket: through } : {}),
    });
    await once(socket, "secureConnect");
    const peer = new MeshPeer(socket, heard);
    socket.write(Buffer.concat([PREFACE_BYTES, first]));
    return peer;
  }

  #read(bytes: Buffer): void {
    this.#unread = this.#unread.length > 0 ? Buffer.concat([this.#unread, bytes]) : bytes;
    while (this.#unread.length >= FRAME_HEADER_BYTES) {
      const end = FRAME_HEADER_BYTES + this.#unread.readUIntBE(0, 3);
      if (this.#unread.length < end) return;
      this.#note(this.#unread.subarray(0, end));
      this.#unread = this.#unread.subarray(end);
    }
    // What is left of a large read would keep all of it.
    if (this.#unread.length === 0) this.#unread = Buffer.alloc(0);
  }

  #note(bytes: Buffer): void {
    const [type, flags, id] = [bytes[3]!, bytes[4]!, bytes.readUInt32BE(5)];
    const isAsked = (flags & FLAG.ack) === 0;
    if (type === FRAME.ping && isAsked) {
      this.socket.write(frame(FRAME.ping, FLAG.ack, 0, bytes.subarray(FRAME_HEADER_BYTES)));
    }
    if (type === FRAME.settings && isAsked) this.socket.write(frame(FRAME.settings, FLAG.ack, 0));
    this.#heard({ type, flags, id });
  }
}
