// Dials plain TCP. All dialled sockets share one read buffer: what arrives is decoded in place,
// during the callback, and only what outlives it is copied.

import { Socket } from "node:net";
import type { Clock } from "#base/clock.ts";
import type { Dial, DialEvents, Dialing, Target } from "./byte-stream.ts";
import { ReadBuffer } from "./read-buffer.ts";
import { SocketStream } from "./socket-stream.ts";

export function netDial(clock: Clock): Dial {
  const readBuffer = new ReadBuffer();
  return (target, timeoutMs, events) => dial(clock, readBuffer, target, timeoutMs, events);
}

function dial(
  clock: Clock,
  readBuffer: ReadBuffer,
  target: Target,
  timeoutMs: number,
  events: DialEvents,
): Dialing {
  let stream: SocketStream | undefined;
  const onread = {
    buffer: readBuffer.buffer,
    callback(length: number): boolean {
      stream?.receive(readBuffer.first(length));
      return true;
    },
  };
  const socket = new Socket({ allowHalfOpen: true, onread } as ConstructorParameters<
    typeof Socket
  >[0]);
  const timer = clock.after(timeoutMs, () => {
    settle();
    socket.destroy();
    events.failed({ kind: "timeout", detail: `no answer within ${timeoutMs} ms` });
  });
  const failed = (error: NodeJS.ErrnoException): void => {
    settle();
    events.failed({ kind: "refused", detail: error.code ?? error.message });
  };
  const settle = (): void => {
    timer.cancel();
    socket.off("error", failed);
    socket.on("error", () => {});
  };
  socket.once("error", failed);
  socket.once("connect", () => {
    settle();
    stream = new SocketStream(socket, true);
    events.connected(stream);
  });
  socket.connect({ host: target.address, port: target.port });
  return {
    cancel() {
      settle();
      socket.destroy();
    },
  };
}
