// A port on this machine whose connections end in a cluster, until the process ends.

import { type AddressInfo, createServer, type Server } from "node:net";
import { type Duplex, pipeline } from "node:stream";

// Where it is free; else any that is.
export async function forwardPort(
  wanted: number,
  connect: () => Promise<Duplex>,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.pause();
    connect().then(
      (stream) => {
        pipeline(socket, stream, () => {});
        pipeline(stream, socket, () => {});
      },
      () => socket.destroy(),
    );
  });
  await listen(server, wanted).catch(() => listen(server, 0));
  return { server, port: (server.address() as AddressInfo).port };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}
