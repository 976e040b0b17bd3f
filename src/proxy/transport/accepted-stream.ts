// Moves an accepted connection into a socket that reads into a lent buffer.
//
// Only a socket that we make ourselves can have `onread`; an accepted one allocates 64 KiB for each
// read and carries it through the machinery of streams. So the system's handle is taken out of the
// accepted socket, which must not be reading yet (`pauseOnConnect`), and put into one of ours.
// `_handle` and `handle` are names of Node's own that its documentation doesn't promise: where they
// are missing, the accepted socket serves as it is.

import { Socket, type SocketConstructorOpts } from "node:net";
import type { ReadBuffer } from "./read-buffer.ts";
import { SocketStream } from "./socket-stream.ts";

type Shell = { _handle?: unknown };

export function acceptedStream(accepted: Socket, readBuffer: ReadBuffer): SocketStream {
  const shell = accepted as Shell;
  const handle = shell._handle;
  if (!handle) return new SocketStream(accepted);
  shell._handle = null;
  // Without its handle this only tells the listener that one connection is gone from its count.
  accepted.destroy();
  let stream: SocketStream | undefined;
  const options: SocketConstructorOpts = {
    handle: handle as NonNullable<SocketConstructorOpts["handle"]>,
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
