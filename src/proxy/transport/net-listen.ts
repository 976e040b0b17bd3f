// Listens for plain TCP, on an address or on a descriptor that the supervisor holds.

import { createServer, type Server } from "node:net";
import { acceptedStream, acceptHandles } from "./accepted-stream.ts";
import type { ByteStream } from "./byte-stream.ts";
import { ReadBuffer } from "./read-buffer.ts";

// `descriptor`: an inherited socket that is bound to this address already.
export type ListenOn = {
  readonly address: string;
  readonly port: number;
  readonly descriptor?: number;
};

export type Listener = {
  readonly address: string;
  readonly port: number;
  // No new connections; those that are open go on.
  close(): void;
};

const BACKLOG = 1024;

// Rejects with the system's error where it can't listen.
export async function netListen(
  on: ListenOn,
  accept: (stream: ByteStream) => void,
): Promise<Listener> {
  // All accepted sockets share it, as all dialled ones do theirs.
  const readBuffer = new ReadBuffer();
  const listener = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
    accept(acceptedStream(socket, readBuffer)),
  );
  const listening = await startListening(listener, on);
  acceptHandles(listener, readBuffer, accept);
  return listening;
}

export function startListening(listener: Server, on: ListenOn): Promise<Listener> {
  return new Promise((resolve, reject) => {
    listener.once("error", reject);
    listener.listen(
      on.descriptor === undefined
        ? { host: on.address, port: on.port, backlog: BACKLOG }
        : { fd: on.descriptor, backlog: BACKLOG },
      () => {
        listener.off("error", reject);
        // Accepting can fail later (no descriptors left): the next connection may succeed.
        listener.on("error", () => {});
        const bound = listener.address();
        const port = bound !== null && typeof bound === "object" ? bound.port : on.port;
        resolve({ address: on.address, port, close: () => void listener.close() });
      },
    );
  });
}
