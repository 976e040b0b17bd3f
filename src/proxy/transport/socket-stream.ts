// Hot path.
//
// A ByteStream over a socket of Node's, plain or TLS. Sockets must allow half-open connections.

import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { ByteStream, ByteStreamEvents } from "./byte-stream.ts";

const MAPPED = "::ffff:";

export function socketStream(socket: Socket): ByteStream {
  return new SocketStream(socket);
}

export class SocketStream implements ByteStream {
  readonly #socket: Socket;
  readonly #isTls: boolean;
  #events: ByteStreamEvents | undefined;
  #errorCode = "";
  #remote: string | undefined;
  #isTaken = true;
  readonly #written = (error?: Error | null): void => {
    if (!error && this.isWritten) this.#events?.drained();
  };

  // `readsItself`: bytes come through `receive` (the socket's onread), not as "data" events.
  constructor(socket: Socket, readsItself = false) {
    this.#socket = socket;
    this.#isTls = socket instanceof TLSSocket;
    socket.setNoDelay(true);
    // A socket without an "error" listener ends the process, so this stands before anything else.
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#errorCode = error.code ?? error.message;
    });
    socket.on("close", () => this.#events?.closed(this.#errorCode));
    socket.on("end", () => this.#events?.ended());
    if (!this.#isTls) socket.on("drain", () => this.#events?.drained());
    if (!readsItself) socket.on("data", (bytes: Uint8Array) => this.#events!.data(bytes));
    socket.pause();
  }

  // Asked of the system once it is wanted: most connections are never told from others by it. On a
  // listener of both families IPv4 comes inside IPv6: that peer has one address all the same.
  get remote(): string {
    if (this.#remote === undefined) {
      const { remoteAddress = "", remotePort } = this.#socket;
      const isMapped = remoteAddress.startsWith(MAPPED) && remoteAddress.includes(".");
      const address = isMapped ? remoteAddress.slice(MAPPED.length) : remoteAddress;
      this.#remote = `${address}:${remotePort}`;
    }
    return this.#remote;
  }

  // The system's number of the socket, -1 where it has none any more. Node's own name for it, which
  // its documentation doesn't promise.
  get descriptor(): number {
    const { _handle } = this.#socket as { _handle?: { readonly fd?: number } | null };
    return _handle?.fd ?? -1;
  }

  attach(events: ByteStreamEvents): void {
    const isFirst = this.#events === undefined;
    this.#events = events;
    if (isFirst) this.#socket.resume();
    // It may have died before anybody cared.
    if (isFirst && this.#socket.destroyed) {
      process.nextTick(() => {
        if (this.#socket.closed) events.closed(this.#errorCode);
      });
    }
  }

  receive(bytes: Uint8Array): void {
    this.#events?.data(bytes);
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#socket.writable) return true;
    // TLS has made records of what it gets before `write` returns, though it says so only later;
    // but what comes behind unfinished writes waits, as it is. Blocks that came back that late cost
    // a proxy 16 KiB a tick, which was a third of the memory of a busy one.
    this.#isTaken = this.#isTls && this.isWritten;
    if (this.#isTls) {
      this.#socket.write(bytes, this.#written);
      return this.#isTaken;
    }
    // Node calls 64 KiB too much even where the system has taken them.
    return this.#socket.write(bytes) || this.isWritten;
  }

  get isTaken(): boolean {
    return this.#isTaken || this.#socket.writableLength === 0;
  }

  // What TLS has taken is on its way in the next tick at the soonest, and then `#written` tells.
  get isBusy(): boolean {
    return this.#isTls && !this.isWritten;
  }

  get isWritten(): boolean {
    return this.#socket.writableLength === 0;
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  reset(): void {
    const socket = this.#socket;
    if (socket instanceof TLSSocket) {
      socket.destroy();
    } else if (socket.writableEnded && !socket.writableFinished && socket.writableLength === 0) {
      // While the system closes our direction it refuses a reset, and Node then leaks the socket.
      socket.once("finish", () => socket.resetAndDestroy());
    } else {
      socket.resetAndDestroy();
    }
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}
