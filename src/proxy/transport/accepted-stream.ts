// Accepted connections as sockets that read into a lent buffer.
//
// Only a socket that we make ourselves can have `onread`; one that Node's listener makes allocates
// 64 KiB for each read and carries it through the machinery of streams. So the system's handle of a
// new connection is put into a socket of ours, before Node makes one of its own, or, where that
// doesn't work, after it. `_handle`, `onconnection` and `handle` are names of Node's own that its
// documentation doesn't promise: where they are missing, the accepted socket serves as it is.

import { type Server, Socket, type SocketConstructorOpts } from "node:net";
import type { ReadBuffer } from "./read-buffer.ts";
import { SocketStream } from "./socket-stream.ts";

type Handle = NonNullable<SocketConstructorOpts["handle"]>;
type Shell = { _handle?: unknown };
type ListenerShell = { _handle?: { onconnection?: unknown } | null };

// New connections of a listener that is listening come here, and cost one socket each. Without this
// they cost two: an exchange on a connection of its own allocated 25 KB in its caller's proxy, and
// allocates 16 (bench/results/profile-no-keep-alive.txt).
export function acceptHandles(
  listener: Server,
  readBuffer: ReadBuffer,
  accept: (stream: SocketStream) => void,
): void {
  const handle = (listener as unknown as ListenerShell)._handle;
  if (typeof handle?.onconnection !== "function") return;
  // An error is one of accepting (no descriptors left): the next connection may succeed.
  handle.onconnection = (error: number, accepted: Handle | undefined) => {
    if (!error && accepted) accept(streamOver(accepted, readBuffer));
  };
}

// `accepted` must not be reading yet (`pauseOnConnect`).
export function acceptedStream(accepted: Socket, readBuffer: ReadBuffer): SocketStream {
  const shell = accepted as Shell;
  const handle = shell._handle;
  if (!handle) return new SocketStream(accepted);
  shell._handle = null;
  // Without its handle this only tells the listener that one connection is gone from its count.
  accepted.destroy();
  return streamOver(handle as Handle, readBuffer);
}

function streamOver(handle: Handle, readBuffer: ReadBuffer): SocketStream {
  let stream: SocketStream | undefined;
  const options: SocketConstructorOpts = {
    handle,
    allowHalfOpen: true,
    onread: {
      buffer: readBuffer.buffer,
      callback(length) {
        stream?.receive(readBuffer.first(length));
        return true;
      },
    },
  };
  stream = new SocketStream(new Socket(options), true);
  return stream;
}
